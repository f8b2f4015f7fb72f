#pragma once

// What an account may be called, and how its password must be: each function tells the fault as a field's code, or
// nothing where there is none.

#include <optional>
#include <string>
#include <string_view>

namespace mv::accounts {

/// How e-mail addresses are compared: trimmed and without case.
[[nodiscard]] std::string email_key(std::string_view email);

/// A sane address, not proof that it exists: something, one @, something; up to 254 characters. Takes it trimmed.
[[nodiscard]] std::optional<std::string_view> email_fault(std::string_view email);

/// 8 to 256 characters. Nothing else is asked: composition rules make people write worse ones.
[[nodiscard]] std::optional<std::string_view> password_fault(std::string_view password);

/// 1 to 100 characters in one line. Takes it trimmed.
[[nodiscard]] std::optional<std::string_view> name_fault(std::string_view name);

[[nodiscard]] std::optional<std::string_view> locale_fault(std::string_view locale); ///< `ru` or `en`.
[[nodiscard]] std::optional<std::string_view> theme_fault(std::string_view theme);   ///< `system`, `light`, `dark`.

} // namespace mv::accounts
