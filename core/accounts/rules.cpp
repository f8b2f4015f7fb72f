#include "core/accounts/rules.hpp"

#include "core/base/encoding.hpp"
#include "core/base/text.hpp"

namespace mv::accounts {
namespace {

constexpr std::size_t kMaxEmail = 254;
constexpr std::size_t kMinPassword = 8;
constexpr std::size_t kMaxPassword = 256;
constexpr std::size_t kMaxName = 100;

} // namespace

std::string email_key(std::string_view email) { return fold_case(trim(email)); }

std::optional<std::string_view> email_fault(std::string_view email) {
  if (email.empty()) return "too-short";
  if (length(email) > kMaxEmail) return "too-long";
  if (!is_utf8(email) || has_control(email)) return "not-an-email";
  const std::size_t at = email.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == email.size()) return "not-an-email";
  if (email.find('@', at + 1) != std::string_view::npos) return "not-an-email";
  if (email.find_first_of(" <>(),;:\"\\[]") != std::string_view::npos) return "not-an-email";
  const std::string_view domain = email.substr(at + 1);
  if (domain.front() == '.' || domain.back() == '.' || domain.contains("..")) return "not-an-email";
  return std::nullopt;
}

std::optional<std::string_view> password_fault(std::string_view password) {
  if (!is_utf8(password) || contains_nul(password)) return "control-characters";
  if (length(password) < kMinPassword) return "too-short";
  if (length(password) > kMaxPassword) return "too-long";
  return std::nullopt;
}

std::optional<std::string_view> name_fault(std::string_view name) {
  if (name.empty()) return "too-short";
  if (length(name) > kMaxName) return "too-long";
  if (!is_utf8(name) || has_control(name)) return "control-characters";
  return std::nullopt;
}

std::optional<std::string_view> locale_fault(std::string_view locale) {
  if (locale != "ru" && locale != "en") return "not-one-of";
  return std::nullopt;
}

std::optional<std::string_view> theme_fault(std::string_view theme) {
  if (theme != "system" && theme != "light" && theme != "dark") return "not-one-of";
  return std::nullopt;
}

} // namespace mv::accounts
