#include "core/events/outbox.hpp"

#include <algorithm>
#include <set>

#include "core/base/trace.hpp"
#include "core/events/sql.hpp"

namespace mv::events {

namespace {

/// Keeps the events of a transaction back until its end: on PostgreSQL all who write events wait for each other from
/// there to their commit, which is then as short as it can be.
class HoldingTransaction final : public Transaction {
public:
  explicit HoldingTransaction(Transaction& inner) : inner_(inner) {}

  [[nodiscard]] Result<Rows> execute(const Query& query, std::vector<Value> parameters) override {
    if (query.name != sql::insert_event.name) return inner_.execute(query, std::move(parameters));
    held_.push_back(std::move(parameters));
    return Rows{};
  }

  /// Writes them, and gives the number of the last; 0 when there was none.
  [[nodiscard]] Result<std::int64_t> write_events() {
    std::int64_t last = 0;
    for (const auto& parameters : held_) {
      TRY(const Rows rows, inner_.execute(sql::insert_event, parameters));
      last = rows.front().integer(0);
    }
    return last;
  }

  /// Of the events, each once.
  [[nodiscard]] std::set<std::string> types() const {
    std::set<std::string> types;
    for (const auto& parameters : held_)
      types.insert(std::get<std::string>(parameters.front()));
    return types;
  }

private:
  Transaction& inner_;
  std::vector<std::vector<Value>> held_;
};

} // namespace

Result<void> Outbox::add(const Event& event) {
  const std::optional<std::string> user_id = event.user_id.empty() ? std::nullopt : std::optional(event.user_id);
  const std::string trace = event.trace.empty() ? current_traceparent() : event.trace;
  TRY_OK(tx_.run(sql::insert_event, event.type, event.space_id, user_id, event.at, event.data,
                 trace.empty() ? std::nullopt : std::optional(trace)));
  return {};
}

Result<std::vector<Event>> Outbox::read_after(std::int64_t seq, std::int64_t limit) {
  TRY(const Rows rows, tx_.run(sql::list_events_after, seq, limit));
  std::vector<Event> events;
  events.reserve(rows.size());
  for (const Row& row : rows) {
    events.push_back({.seq = row.integer(0),
                      .type = row.text(1),
                      .space_id = row.text(2),
                      .user_id = row.text(3),
                      .at = row.integer(4),
                      .data = row.text(5),
                      .trace = row.text(6)});
  }
  return events;
}

Result<std::int64_t> Outbox::latest() {
  TRY(const Rows rows, tx_.run(sql::find_latest_event));
  return rows.empty() ? 0 : rows.front().integer(0);
}

Result<std::int64_t> Outbox::oldest() {
  TRY(const Rows rows, tx_.run(sql::find_oldest_event));
  if (!rows.empty()) return rows.front().integer(0);
  TRY(const std::int64_t last, latest());
  return last + 1;
}

Result<void> Outbox::prune(TimeMs before) {
  TRY_OK(tx_.run(sql::delete_old_events, before));
  return {};
}

Result<void> NotifyingDatabase::write_with(const std::function<Result<void>(Transaction&)>& work) {
  std::int64_t last = 0;
  std::set<std::string> types;
  const auto outcome = inner_.write_with([&](Transaction& tx) -> Result<void> {
    HoldingTransaction holding(tx);
    TRY_OK(work(holding));
    TRY(last, holding.write_events());
    types = holding.types();
    return {};
  });
  // Also where the commit failed: its answer may only have been lost on the way.
  if (heard_) std::ranges::for_each(types, heard_);
  if (outcome && last > 0) bus_.publish(last);
  return outcome;
}

} // namespace mv::events
