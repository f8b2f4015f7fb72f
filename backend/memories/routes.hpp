#pragma once

#include "backend/http/router.hpp"
#include "core/memories/service.hpp"
#include "core/memories/timeline.hpp"
#include "core/memories/trash.hpp"

namespace mv {

/// The services must outlive the router.
void add_memory_routes(http::Router& router, memories::MemoryService& memories, memories::TrashService& trash);
void add_timeline_routes(http::Router& router, memories::TimelineService& timeline);

/// Puts the words for what went wrong with a medium into `reasonText`, in the reader's language.
void explain(Memory& memory, const std::string& locale);

} // namespace mv
