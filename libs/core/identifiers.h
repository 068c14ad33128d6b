#pragma once
#include <string>
#include <string_view>

namespace mash {

// Numbers and codes by which others know a child, a practitioner or an authority: whether one can
// be right at all, by its form and check digit. Pure; any thread may call. None of these says that
// it was ever issued.

// Ten digits, no spaces, the last of which is the check digit (NHS Data Dictionary, modulus 11).
bool is_nhs_number(std::string_view digits);

// In the range kept for made-up people, 999 000 0000 to 999 999 9999, and right.
bool is_synthetic_nhs_number(std::string_view digits);

// A unique pupil number: a check letter over twelve digits, of which the last is a letter while the
// number is temporary (Department for Education, Unique pupil numbers). Capital letters.
bool is_upn(std::string_view text);

// "UN1" to "UN5": the children in need census's codes for why there is no pupil number.
bool is_upn_unknown(std::string_view text);

// The opaque id of a practitioner, as credentials carry it: letters, digits and .:_- only, 1 to 64
// of them.
bool is_practitioner_id(std::string_view text);

// What an agency is called in settings, certificates and records, "social-care", and a system of
// it: lower-case letters, digits and hyphens only, 1 to 63 of them (a label of a host's name).
bool is_agency_name(std::string_view text);

// The code of an authority in the Office for National Statistics' register: "E08000025".
bool is_area(std::string_view text);

// The agency by which an authority answers for itself in a hub: "la-e08000025".
std::string agency_of_area(std::string_view area);

// As people write numbers, "943 476 5919" or "943-476-5919", without what parts them: spaces and
// hyphens, wherever they stand.
std::string without_separators(std::string_view text);

}  // namespace mash
