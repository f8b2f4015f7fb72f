#include "backend/replies/joining_database.hpp"

namespace mv {

namespace {

/// The work of this thread that others join. A thread does one at a time.
struct Joint {
  const Database* database = nullptr;
  Transaction* tx = nullptr;
  bool writable = false;
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

Result<Rows> join(Joint& joint, const Query& query, std::vector<Value> parameters) {
  auto rows = joint.tx->execute(query, std::move(parameters));
  if (!rows && !joint.failure) joint.failure = rows.error();
  return rows;
}

/// Runs `work` while this thread's statements go to `joint`.
Result<void> as_one(Joint& joint, const std::function<Result<void>()>& work) {
  struct Back {
    Joint* before = joint_of_thread;
    ~Back() { joint_of_thread = before; }
  } const back;
  joint_of_thread = &joint;
  TRY_OK(work());
  if (joint.failure) return std::unexpected(*std::move(joint.failure));
  return {};
}

} // namespace

Result<void> JoiningDatabase::together(const std::function<Result<void>(Transaction&)>& work) {
  return inner_.write_with([&](Transaction& tx) {
    Joint joint{.database = this, .tx = &tx, .writable = true};
    return as_one(joint, [&] { return work(tx); });
  });
}

Result<void> JoiningDatabase::read_together(const std::function<Result<void>()>& work) {
  return inner_.read_with([&](Transaction& tx) {
    Joint joint{.database = this, .tx = &tx};
    return as_one(joint, work);
  });
}

Result<void> JoiningDatabase::read_with(const std::function<Result<void>(Transaction&)>& work) {
  if (Joint* const joint = joint_on(this)) return join(*joint, work);
  return inner_.read_with(work);
}

Result<void> JoiningDatabase::write_with(const std::function<Result<void>(Transaction&)>& work) {
  if (Joint* const joint = joint_on(this); joint != nullptr && joint->writable) return join(*joint, work);
  return inner_.write_with(work);
}

Result<Rows> JoiningDatabase::read_one_with(const Query& query, const std::vector<Value>& parameters) {
  if (Joint* const joint = joint_on(this)) return join(*joint, query, parameters);
  return inner_.read_one_with(query, parameters);
}

Result<Rows> JoiningDatabase::execute_alone(const Query& query, std::vector<Value> parameters) {
  if (Joint* const joint = joint_on(this); joint != nullptr && joint->writable) {
    return join(*joint, query, std::move(parameters));
  }
  return inner_.execute_alone(query, std::move(parameters));
}

} // namespace mv
