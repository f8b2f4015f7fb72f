#pragma once

// Where a PostgreSQL server is, and how to speak of it without its password.

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace mv::postgres {

class Address {
public:
  /// Takes `postgresql://[user[:password]@][host][:port][/database][?sslmode=…&…]`, whose parameters are libpq's.
  /// Anything else is `invalid` with key `database.address`.
  [[nodiscard]] static Result<Address> parse(std::string_view url);

  /// With limits for the network added where the address names none. Holds the password: for libpq only.
  [[nodiscard]] const std::string& connection_text() const { return text_; }
  /// For people and logs: `***` stands for the password, and the parameters are left out.
  [[nodiscard]] const std::string& shown() const { return shown_; }
  /// `message` without the password, on one line.
  [[nodiscard]] std::string redact(std::string_view message) const;

private:
  Address() = default;
  std::string text_;
  std::string shown_;
  std::vector<std::string> secrets_;
};

} // namespace mv::postgres
