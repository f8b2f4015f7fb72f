#pragma once

// Makes one unit of work of several, where something must commit together with what a service does by itself.

#include "core/ports/database.hpp"

namespace mv {

/// Passes everything on, but for what a thread reads and writes inside `together`: that takes part in the transaction
/// which `together` began. Services need no thought of it. Safe from every thread.
class JoiningDatabase final : public Database {
public:
  explicit JoiningDatabase(Database& inner) : inner_(inner) {}

  /// One write, as `write_with`; `work` may call services on this database, which otherwise is refused as nested. When
  /// one of them fails the whole fails, whatever `work` makes of it: what it wrote until then must not stay.
  [[nodiscard]] Result<void> together(const std::function<Result<void>(Transaction&)>& work);

  [[nodiscard]] Result<void> read_with(const std::function<Result<void>(Transaction&)>& work) override;
  [[nodiscard]] Result<void> write_with(const std::function<Result<void>(Transaction&)>& work) override;
  [[nodiscard]] Result<Rows> execute_alone(const Query& query, std::vector<Value> parameters) override;
  [[nodiscard]] std::string_view engine() const override { return inner_.engine(); }

private:
  Database& inner_;
};

} // namespace mv
