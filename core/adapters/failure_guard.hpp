#pragma once

// What both engines say of a transaction in which a statement has failed.

#include <utility>

#include "core/base/result.hpp"

namespace mv {

/// Runs the statements of one transaction until one fails: from then on all are refused, and it may not commit. Used by
/// one thread at a time.
class FailureGuard {
public:
  /// What `statement` gives, a Result.
  template <typename Statement>
  [[nodiscard]] auto run(Statement&& statement) -> decltype(statement()) {
    if (failed_) return refused();
    auto outcome = std::forward<Statement>(statement)();
    failed_ = !outcome;
    return outcome;
  }
  [[nodiscard]] bool failed() const { return failed_; }

  [[nodiscard]] static std::unexpected<Error> refused() {
    return fail(ErrorCode::internal, "database.failed-before",
                "a statement failed before in this transaction, which can only roll back");
  }

private:
  bool failed_ = false;
};

} // namespace mv
