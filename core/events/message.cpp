#include "core/events/message.hpp"

#include <format>

#include "core/base/iso_time.hpp"

namespace mv::events {

std::string to_message(const Event& event, std::string_view id) {
  // Ids, types and times have no character that JSON escapes, and data is JSON already.
  return std::format(R"({{"id":"{}","seq":{},"type":"{}","at":"{}","spaceId":"{}","data":{}}})", id, event.seq,
                     event.type, iso_utc(event.at), event.space_id, event.data);
}

} // namespace mv::events
