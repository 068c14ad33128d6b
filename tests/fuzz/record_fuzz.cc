// Records from a store, a bundle or Kafka: what is read as canonical is written again the same,
// byte for byte, and whatever is read can be asked for its event.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "log/record.h"

using namespace mash::log;  // NOLINT(google-build-using-namespace): a program of one function

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto loose = decode_record(input);
  const auto canonical = decode_record(input, true);
  if (loose) {
    MASH_CHECK(loose->leaf == input);
    (void)parse_event(*loose);
  }
  if (canonical) {
    MASH_CHECK(loose.has_value());
    auto again = encode_body(canonical->body);
    put_prefix(again, canonical->prefix);
    MASH_CHECK(again == input);
  }
  return 0;
}
