#pragma once

// The kinds of all jobs that have a handler in app.cpp or integrations.cpp.

#include <array>
#include <string_view>

#include "core/webhooks/record.hpp"

namespace mv {

/// Those that end in `.sweep` come back by the clock.
inline constexpr std::array<std::string_view, 11> kJobKinds{
    "media.quick",   "media.full",   "content.remove", "trash.sweep",    "collections.sweep",  "sessions.sweep",
    "uploads.sweep", "events.sweep", "replies.sweep",  "webhooks.sweep", webhooks::kDeliverJob};

} // namespace mv
