#pragma once

// Finds a read or transaction that is called from inside the work of another on the same database: the inner one would
// wait for the outer, or see a state that the outer has not committed.

#include <algorithm>
#include <vector>

#include "core/base/result.hpp"
#include "core/ports/database.hpp"

namespace mv {

/// For as long as the work runs, on its thread.
class WorkMark {
public:
  explicit WorkMark(const Database* database) { in_work().push_back(database); }
  ~WorkMark() { in_work().pop_back(); }
  WorkMark(const WorkMark&) = delete;
  WorkMark& operator=(const WorkMark&) = delete;

  /// `internal` with key `database.nested` from inside work on `database`.
  [[nodiscard]] static Result<void> refuse_nesting(const Database* database) {
    if (std::ranges::find(in_work(), database) == in_work().end()) return {};
    return fail(ErrorCode::internal, "database.nested", "read or transaction called from inside the work of another");
  }

private:
  static std::vector<const Database*>& in_work() {
    thread_local std::vector<const Database*> databases;
    return databases;
  }
};

} // namespace mv
