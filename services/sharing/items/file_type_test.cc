#include "sharing/items/file_type.h"

#include <gtest/gtest.h>

#include <vector>

#include "sharing/testing/files.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the files of these tests

constexpr char kDocx[] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
constexpr char kOdt[] = "application/vnd.oasis.opendocument.text";

class FileType : public ::testing::Test {
 protected:
  std::unique_ptr<FileTypes> types_ = FileTypes::load().value();

  void is(const std::string& file, const char* said) const {
    EXPECT_TRUE(types_->check(file, said).has_value()) << said << ": " << types_->type_of(file);
  }
  void is_not(const std::string& file, const char* said) const {
    const auto checked = types_->check(file, said);
    ASSERT_FALSE(checked.has_value()) << said << ": " << types_->type_of(file);
    EXPECT_EQ(checked.error().reason, "FILE_TYPE_MISMATCH");
  }
};

TEST_F(FileType, IsToldByLookingIntoTheFile) {
  const std::vector<std::pair<std::string, const char*>> files = {
      {pdf(), "application/pdf"},
      {png(), "image/png"},
      {jpeg(), "image/jpeg"},
      {tiff(), "image/tiff"},
      {rtf(), "application/rtf"},
      {docx(), kDocx},
      {odt(), kOdt},
      {mail(), "message/rfc822"},
      {"Seen on Monday.\n", "text/plain"}};
  for (const auto& [file, type] : files)
    for (const auto& [other, said] : files) {
      if (said == type)
        is(file, said);
      else if (!(std::string_view(said) == "text/plain" &&
                 std::string_view(type) == "message/rfc822"))  // an e-mail is text too
        is_not(file, said);
    }
}

TEST_F(FileType, OfAProgramOrAPageIsNoDocumentWhateverItsSenderSays) {
  const std::string program("MZ\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF\0\0", 16);
  const std::string elf(
      "\x7F"
      "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3E\0",
      20);
  const std::string page = "<!DOCTYPE html><html><script>alert(1)</script></html>";
  const std::string plain_archive = archive({{"run.exe", program}});
  for (const std::string& file : {program, elf, page, plain_archive})
    for (const char* said : {"application/pdf", "image/png", "text/plain", "application/rtf", kDocx,
                             kOdt, "message/rfc822"})
      is_not(file, said);
}

TEST_F(FileType, OfTextIsPlainAlsoWhereItLooksLikeAProgram) {
  is("#!/bin/sh\necho seen on Monday\n", "text/plain");
  is("Caf\xC3\xA9, M\xC3\xBCller\n", "text/plain");
  is("a,b,c\n1,2,3\n", "text/plain");
  is_not(std::string("Seen\0on\x01Monday\x02", 14), "text/plain");
}

TEST_F(FileType, OfAnEMailIsToldByItsHeaderWhateverComesFirst) {
  is(mail("X-Mailer: Clinic 4\r\n"), "message/rfc822");
  is(mail("MIME-Version: 1.0\r\nThread-Topic: a long one\r\n that is folded\r\n"),
     "message/rfc822");
  is_not("Dear colleague: she was seen.\nFrom: me\n", "message/rfc822");
  is_not("Subject: no sender\n\nFrom: in the body\n", "message/rfc822");
}

}  // namespace
}  // namespace mash::sharing
