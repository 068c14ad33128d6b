#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "cases/family.h"
#include "mash/sharing/v1/item.pb.h"
#include "sharing/checks.h"

namespace mash::sharing {

// What an item may say, however it comes in: held, sanitised or corrected. Each fault names the
// field below `field`: "items[3].category".
void check_content(const std::string& field, const v1::ItemContent& content,
                   const cases::Family& family, const Context& context, Checks& checks);

// Nothing that must not go out: asked of a sanitised version.
void check_sanitised(const std::string& field, const v1::ItemContent& content, Checks& checks);

// The rules that an item of a category falls under, and the lawful-basis pack that says so; none:
// the pack in force does not know the category.
struct CategoryRules {
  v1::DataKind data_kind = v1::DATA_KIND_UNSPECIFIED;
  std::string law;
};
std::optional<CategoryRules> rules_of_category(std::string_view category, const Context& context);

// How a file is described before its bytes come: name, length, digest.
void check_file(const v1::ItemFile& file, Checks& checks);

// Whether files of this type are taken: documents, pictures, texts and e-mails, as agencies keep
// them. Refuses with kInvalidArgument, FILE_TYPE_NOT_ALLOWED.
Result<void> check_media_type(std::string_view media_type);

}  // namespace mash::sharing
