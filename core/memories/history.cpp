#include "core/memories/history.hpp"

#include <array>

#include "core/base/iso_time.hpp"
#include "core/events/outbox.hpp"
#include "core/memories/listing.hpp"
#include "core/memories/repository.hpp"
#include "core/memories/rules.hpp"
#include "core/memories/sql.hpp"
#include "core/memories/stored_json.hpp"

namespace mv::memories {

namespace {

/// A field that history keeps: how it reads as JSON, and how it is put back.
struct Field {
  std::string_view name;
  std::string (*read)(const MemoryRecord&);
  Result<void> (*write)(MemoryRecord&, std::string_view json);
};

Result<void> put_date(MemoryRecord& memory, const std::string& edtf) {
  TRY(DateRecord date, date_record(edtf, memory.date.confidence, memory.date.source));
  memory.set_date(std::move(date));
  return {};
}

const std::array kFields{
    Field{"title", [](const MemoryRecord& m) { return write_string(m.title); },
          [](MemoryRecord& m, std::string_view json) -> Result<void> {
            m.title = read_string(json);
            return {};
          }},
    Field{"description", [](const MemoryRecord& m) { return write_string(m.description); },
          [](MemoryRecord& m, std::string_view json) -> Result<void> {
            m.description = read_string(json);
            return {};
          }},
    Field{"tags", [](const MemoryRecord& m) { return write_strings(m.tags); },
          [](MemoryRecord& m, std::string_view json) -> Result<void> {
            m.tags = read_strings(json);
            return {};
          }},
    Field{"date", [](const MemoryRecord& m) { return write_string(m.date.edtf); },
          [](MemoryRecord& m, std::string_view json) -> Result<void> { return put_date(m, read_string(json)); }},
    Field{"confidence", [](const MemoryRecord& m) { return write_string(m.date.confidence); },
          [](MemoryRecord& m, std::string_view json) -> Result<void> {
            m.date.confidence = read_string(json);
            return {};
          }},
    Field{"dateSource", [](const MemoryRecord& m) { return write_string(m.date.source); },
          [](MemoryRecord& m, std::string_view json) -> Result<void> {
            m.date.source = read_string(json);
            return {};
          }},
    Field{"place", [](const MemoryRecord& m) { return write_place({m.place_name, m.latitude, m.longitude}); },
          [](MemoryRecord& m, std::string_view json) -> Result<void> {
            Place place = read_place(json);
            m.place_name = std::move(place.name);
            m.latitude = place.latitude;
            m.longitude = place.longitude;
            return {};
          }},
    Field{"privacy", [](const MemoryRecord& m) { return write_string(m.privacy); },
          [](MemoryRecord& m, std::string_view json) -> Result<void> {
            m.privacy = read_string(json);
            return {};
          }},
};

} // namespace

std::vector<FieldChange> changes_between(const MemoryRecord& before, const MemoryRecord& after) {
  std::vector<FieldChange> changes;
  for (const Field& field : kFields) {
    std::string was = field.read(before);
    std::string is = field.read(after);
    if (was != is) changes.push_back({std::string(field.name), std::move(was), std::move(is)});
  }
  return changes;
}

Result<void> take_back(MemoryRecord& memory, const std::vector<FieldChange>& changes) {
  const MemoryRecord before = memory;
  for (const FieldChange& change : changes) {
    for (const Field& field : kFields) {
      if (field.name != change.field) continue;
      if (field.read(before) != change.after) return fail(ErrorCode::conflict, "revision.changed-since");
      TRY_OK(field.write(memory, change.before));
    }
  }
  return {};
}

namespace {

events::Event event_of(std::string_view type, const MemoryRecord& memory, const std::string& previous_bucket,
                       const std::optional<std::string>& state, TimeMs now) {
  MemoryEventData data{.id = memory.id,
                       .space_id = memory.space_id,
                       .version = memory.version,
                       .bucket = memory.bucket(),
                       .previous_bucket = std::nullopt,
                       .state = state};
  if (previous_bucket != data.bucket) data.previous_bucket = previous_bucket;
  events::Event event;
  event.type = type;
  event.space_id = memory.space_id;
  if (memory.privacy == "private") event.user_id = memory.contributor_id;
  event.at = now;
  event.data = write_event(data);
  return event;
}

} // namespace

Result<void> announce(Transaction& tx, std::string_view type, const MemoryRecord& memory,
                      const std::string& previous_bucket, const std::optional<std::string>& state, TimeMs now) {
  return events::Outbox(tx).add(event_of(type, memory, previous_bucket, state, now));
}

Result<void> announce_favourite(Transaction& tx, const MemoryRecord& memory, const std::string& user_id, TimeMs now) {
  events::Event event = event_of("memory.updated", memory, memory.bucket(), std::nullopt, now);
  event.user_id = user_id;
  return events::Outbox(tx).add(event);
}

Result<void> write_change(Transaction& tx, const MemoryRecord& before, MemoryRecord& after, std::string_view kind,
                          const std::string& author_id, TimeMs now) {
  MemoryRepository rows(tx);
  after.version = before.version + 1;
  after.updated_at = now;
  TRY_OK(rows.update(after));
  TRY(const auto favourers, rows.favourers(after.id));
  TRY_OK(keep_listed(tx, &before, &after, favourers));
  if (before.scope() != after.scope()) {
    const auto moved = rows.move_media(after.id, after.scope());
    if (!moved && moved.error().code == ErrorCode::conflict) {
      return fail(ErrorCode::conflict, "memory.same-file-in-space");
    }
    TRY_OK(moved);
  }
  TRY_OK(tx.run(sql::insert_revision, after.id, after.version, kind, author_id, now,
                write_changes(changes_between(before, after))));

  const bool gone = after.trashed_at && !before.trashed_at;
  const bool back = !after.trashed_at && before.trashed_at;
  TRY_OK(announce(tx,
                  gone   ? "memory.deleted"
                  : back ? "memory.created"
                         : "memory.updated",
                  after, before.bucket(), std::nullopt, now));
  if (before.privacy == "space" && after.privacy == "private") {
    // The rest of the family must see it go, though they hear no more of it.
    MemoryRecord as_seen = before;
    as_seen.version = after.version;
    TRY_OK(announce(tx, "memory.deleted", as_seen, before.bucket(), std::nullopt, now));
    TRY_OK(announce(tx, "memory.created", after, after.bucket(), std::nullopt, now));
  }
  return {};
}

Result<void> write_creation(Transaction& tx, const MemoryRecord& memory, TimeMs now) {
  TRY_OK(tx.run(sql::insert_revision, memory.id, memory.version, "created", memory.contributor_id, now, "[]"));
  return {};
}

Result<std::vector<Revision>> read_revisions(Transaction& tx, const std::string& memory_id, std::int64_t before_version,
                                             std::int64_t limit) {
  TRY(const Rows rows, tx.run(sql::list_revisions, memory_id, before_version, limit));
  std::vector<Revision> revisions;
  revisions.reserve(rows.size());
  for (const Row& row : rows) {
    Revision revision;
    revision.version = row.integer(0);
    revision.kind = row.text(1);
    revision.author = {row.text(2), row.text(3)};
    revision.at = iso_utc(row.integer(4));
    revision.changes = read_changes(row.text(5));
    revision.can_undo = !revision.changes.empty();
    revisions.push_back(std::move(revision));
  }
  return revisions;
}

Result<std::vector<FieldChange>> read_revision(Transaction& tx, const std::string& memory_id, std::int64_t version) {
  TRY(const Rows rows, tx.run(sql::find_revision, memory_id, version));
  if (rows.empty()) return fail(ErrorCode::not_found, "revision.not-found");
  return read_changes(rows.front().text(2));
}

} // namespace mv::memories
