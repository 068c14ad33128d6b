#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Files as agencies send them, as short as they can be and still be what they are.
namespace mash::sharing::testing {

inline std::string little_endian(size_t value, size_t bytes) {
  std::string out;
  for (size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
  return out;
}

// An archive of uncompressed members, as documents are kept in.
inline std::string archive(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string zip;
  for (const auto& [name, text] : members) {
    zip += std::string("PK\x03\x04", 4) + little_endian(20, 2) + little_endian(0, 2 + 2 + 4 + 4);
    zip += little_endian(text.size(), 4) + little_endian(text.size(), 4);
    zip += little_endian(name.size(), 2) + little_endian(0, 2) + name + text;
  }
  return zip;
}

inline std::string pdf(size_t bytes = 1000) {
  std::string file = "%PDF-1.4\n%\xE2\xE3\xCF\xD3\n1 0 obj << /Type /Catalog >> endobj\n";
  for (int i = 0; file.size() < bytes; ++i) file += "% page " + std::to_string(i) + "\n";
  file.resize(bytes);
  return file;
}

inline std::string png() {
  return std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x02\0\0\0", 29) +
         std::string(100, 'p');
}

inline std::string jpeg() {
  return std::string("\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0", 20) +
         std::string(100, 'j');
}

inline std::string tiff() {
  return std::string("II*\0\x08\0\0\0\x01\0\0\x01\x03\0\x01\0\0\0\x10\0\0\0\0\0\0\0", 26);
}

inline std::string rtf() { return "{\\rtf1\\ansi{\\fonttbl\\f0 Arial;}\\f0 Dear colleague}"; }

inline std::string docx() {
  return archive({{"[Content_Types].xml", "<Types/>"},
                  {"_rels/.rels", "<Relationships/>"},
                  {"word/document.xml", "<document/>"},
                  {"word/styles.xml", "<styles/>"}});
}

inline std::string odt() {
  return archive({{"mimetype", "application/vnd.oasis.opendocument.text"},
                  {"content.xml", "<office:document-content/>"}});
}

inline std::string mail(
    const std::string& first = "Received: from mail.example by hub.example\r\n") {
  return first +
         "Date: Wed, 25 Nov 2026 10:00:00 +0000\r\nFrom: nurse@health.example\r\n"
         "To: mash@council.example\r\nSubject: Visit\r\n\r\nShe was seen today.\r\n";
}

}  // namespace mash::sharing::testing
