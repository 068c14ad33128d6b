#include "sharing/items/item_content.h"

#include <algorithm>
#include <array>

#include "core/timestamp.h"
#include "sharing/items/item.h"

namespace mash::sharing {
namespace {

constexpr size_t kDigestBytes = 32;

constexpr std::array<std::string_view, 9> kMediaTypes = {
    "application/pdf",
    "application/rtf",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "message/rfc822",
    "text/plain",
};

void check_protected(const std::string& field, const v1::ItemContent& content, Checks& checks) {
  if (content.protected_identities_size() > kProtectedMax)
    return checks.fault(field, "are more than " + std::to_string(kProtectedMax));
  for (int i = 0; i < content.protected_identities_size(); ++i) {
    const v1::ProtectedIdentity& identity = content.protected_identities(i);
    const std::string place = field + "[" + std::to_string(i) + "]";
    if (identity.kind() == v1::PROTECTED_IDENTITY_KIND_UNSPECIFIED)
      checks.fault(place + ".kind", "is missing: why it needs protection");
    checks.text(place + ".description", identity.description(), kNoteBytesMax);
  }
}

void check_known(const std::string& field, const Ids& person_ids, const cases::Family& family,
                 Checks& checks) {
  for (int i = 0; i < person_ids.size(); ++i)
    if (!family.names(person_ids[i]))
      checks.fault(field + "[" + std::to_string(i) + "]", "is nobody who is known in the case");
}

void check_source(const std::string& field, const v1::ItemContent& content, Checks& checks) {
  checks.text(field, content.source(), kNoteBytesMax);
  const bool needs_one = content.nature() == v1::ITEM_NATURE_ALLEGATION ||
                         content.nature() == v1::ITEM_NATURE_THIRD_PARTY_REPORT;
  if (needs_one && content.source().empty())
    checks.fault(field, "is missing: an allegation or a third party's report says from whom");
}

}  // namespace

void check_content(const std::string& field, const v1::ItemContent& content,
                   const cases::Family& family, const Context& context, Checks& checks) {
  if (content.category().empty())
    checks.fault(field + ".category", "is missing: what it is about");
  else if (!rules_of_category(content.category(), context))
    checks.fault(field + ".category", "is no category of the lawful-basis pack in force");
  if (content.nature() == v1::ITEM_NATURE_UNSPECIFIED)
    checks.fault(field + ".nature", "is missing: fact, opinion, allegation, third party's report");
  if (content.sensitivity() == v1::SENSITIVITY_UNSPECIFIED)
    checks.fault(field + ".sensitivity", "is missing");
  checks.text(field + ".handling.instructions", content.handling().instructions(), kNoteBytesMax);
  check_source(field + ".source", content, checks);
  check_protected(field + ".protected_identities", content, checks);
  check_persons(field + ".person_ids", content.person_ids(), checks);
  if (content.person_ids_size() <= kPersonsMax)
    check_known(field + ".person_ids", content.person_ids(), family, checks);
  if (content.text().empty()) checks.fault(field + ".text", "is missing: the information itself");
  checks.text(field + ".text", content.text(), kTextBytesMax);
  if (content.has_happened_at())
    checks.happened(field + ".happened_at", content.happened_at(), context.now);
}

void check_sanitised(const std::string& field, const v1::ItemContent& content, Checks& checks) {
  if (!content.protected_identities().empty())
    checks.fault(field + ".protected_identities",
                 "are not to be in a sanitised version: it holds none");
}

void check_file(const v1::ItemFile& file, Checks& checks) {
  if (file.name().empty()) checks.fault("name", "is missing");
  checks.line("name", file.name());
  if (file.bytes() == 0 || file.bytes() > kFileBytesMax)
    checks.fault("bytes", "is not 1 to " + std::to_string(kFileBytesMax));
  if (file.sha256().size() != kDigestBytes)
    checks.fault("sha256", "is not the " + std::to_string(kDigestBytes) + " bytes of a digest");
}

Result<void> check_media_type(std::string_view media_type) {
  if (std::ranges::find(kMediaTypes, media_type) != kMediaTypes.end()) return {};
  return refuse(Code::kInvalidArgument, "FILE_TYPE_NOT_ALLOWED",
                "Files of this type are not taken: a document, a picture, a text or an e-mail is.");
}

}  // namespace mash::sharing
