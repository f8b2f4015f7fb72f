#pragma once

// Makes one unit of work of several, where something must commit together with what a service does by itself.

#include "core/ports/database.hpp"

namespace mv {

/// Passes everything on, but for what a thread does inside `together` and `read_together`: that takes part in the
/// transaction which these began. Services need no thought of it. Safe from every thread.
class JoiningDatabase final : public Database {
public:
  explicit JoiningDatabase(Database& inner) : inner_(inner) {}

  /// One write, as `write_with`; `work` may call services on this database, which otherwise is refused as nested. When
  /// one of them fails the whole fails, whatever `work` makes of it: what it wrote until then must not stay.
  [[nodiscard]] Result<void> together(const std::function<Result<void>(Transaction&)>& work);

  /// One read, as `read_with`: all that `work` has services read on this database is of one snapshot. A service that
  /// writes is refused as nested.
  [[nodiscard]] Result<void> read_together(const std::function<Result<void>()>& work);

  [[nodiscard]] Result<void> read_with(const std::function<Result<void>(Transaction&)>& work) override;
  [[nodiscard]] Result<Rows> read_one_with(const Query& query, const std::vector<Value>& parameters) override;
  [[nodiscard]] Result<void> write_with(const std::function<Result<void>(Transaction&)>& work) override;
  [[nodiscard]] Result<Rows> execute_alone(const Query& query, std::vector<Value> parameters) override;
  [[nodiscard]] std::string_view engine() const override { return inner_.engine(); }

private:
  Database& inner_;
};

} // namespace mv
