#pragma once

#include "core/contracts/common.hpp"

namespace mv {

/// `data` of memory.created, memory.updated and memory.deleted (which includes going to the trash).
struct MemoryEventData {
  std::string id;
  std::string space_id;
  std::int64_t version = 0;
  std::string bucket;                         ///< Where the timeline shows it now.
  std::optional<std::string> previous_bucket; ///< Where it was before, when that differs.
  std::optional<std::string> state;           ///< State of its first medium, when that is news.
};

/// `data` of collection.updated.
struct CollectionEventData {
  std::string id;
  std::string space_id;
  std::optional<std::int64_t> version; ///< Absent when the collection is gone.
};

/// `data` of space.members-changed: somebody came, went, or got another role. Who went gets it too, as the last event
/// of that space.
struct MembersEventData {
  std::string space_id;
  std::string user_id;
  std::optional<std::string> role; ///< Absent when they are no member any more.
};

/// `data` of user.activity: a member of a family's space came online, or went. Read the list anew after each connect.
struct ActivityEventData {
  std::string space_id;
  std::string user_id;
  bool here = false;
};

/// `data` of job.progress: how many media of a space still wait for their pictures.
struct JobProgressData {
  std::string space_id;
  std::int64_t pending = 0;
};

/// `?since=` of the WebSocket at /api/v1/events.
struct EventQuery {
  std::optional<std::int64_t> since; ///< `seq` of the last event that the client saw; only new ones when absent.
};

/// The first message of a client whose handshake carried neither token nor cookie.
struct EventAuthentication {
  std::string type; ///< `auth`
  std::string access_token;
};

} // namespace mv
