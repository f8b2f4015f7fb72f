#include "backend/idempotency/joining_database.hpp"

namespace mv {

namespace {

/// The work of this thread that others join. A thread does one at a time.
struct Joint {
  const Database* database = nullptr;
  Transaction* tx = nullptr;
  std::optional<Error> failure{};
};

thread_local Joint* joint_of_thread = nullptr;

Joint* joint_on(const Database* database) {
  return joint_of_thread != nullptr && joint_of_thread->database == database ? joint_of_thread : nullptr;
}

Result<void> join(Joint& joint, const std::function<Result<void>(Transaction&)>& work) {
  auto outcome = work(*joint.tx);
  if (!outcome && !joint.failure) joint.failure = outcome.error();
  return outcome;
}

} // namespace

Result<void> JoiningDatabase::together(const std::function<Result<void>(Transaction&)>& work) {
  return inner_.write_with([&](Transaction& tx) -> Result<void> {
    Joint joint{.database = this, .tx = &tx};
    struct Back {
      Joint* before = joint_of_thread;
      ~Back() { joint_of_thread = before; }
    } const back;
    joint_of_thread = &joint;
    TRY_OK(work(tx));
    if (joint.failure) return std::unexpected(*std::move(joint.failure));
    return {};
  });
}

Result<void> JoiningDatabase::read_with(const std::function<Result<void>(Transaction&)>& work) {
  if (Joint* const joint = joint_on(this)) return join(*joint, work);
  return inner_.read_with(work);
}

Result<void> JoiningDatabase::write_with(const std::function<Result<void>(Transaction&)>& work) {
  if (Joint* const joint = joint_on(this)) return join(*joint, work);
  return inner_.write_with(work);
}

Result<Rows> JoiningDatabase::execute_alone(const Query& query, std::vector<Value> parameters) {
  if (Joint* const joint = joint_on(this)) {
    auto rows = joint->tx->execute(query, std::move(parameters));
    if (!rows && !joint->failure) joint->failure = rows.error();
    return rows;
  }
  return inner_.execute_alone(query, std::move(parameters));
}

} // namespace mv
