// The contract of each endpoint of memories, the trash and the timeline, and nothing else.

#include "backend/memories/routes.hpp"

#include <charconv>

#include "backend/http/messages.hpp"

namespace mv {

using http::Access;
using http::Context;

namespace {

Result<Memory> reply(Context& context, Result<Memory> memory) {
  if (memory) {
    context.set_etag(memory->version);
    explain(*memory, context.locale());
  }
  return memory;
}

Result<Page<Memory>> reply(Context& context, Result<Page<Memory>> page) {
  if (page) {
    for (Memory& memory : page->items)
      explain(memory, context.locale());
  }
  return page;
}

Result<std::int64_t> version_of(const Context& context) {
  const std::string_view text = context.param("version");
  std::int64_t version = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || stop != text.data() + text.size())
    return fail(ErrorCode::not_found, "revision.not-found");
  return version;
}

std::string id_of(const Context& context) { return std::string(context.param("id")); }

} // namespace

void explain(Memory& memory, const std::string& locale) {
  for (auto& medium : memory.media) {
    if (medium.reason) medium.reason_text = http::message(*medium.reason, locale).detail;
  }
}

void add_memory_routes(http::Router& router, memories::MemoryService& memories, memories::TrashService& trash) {
  router.post<MemoryDraft, Memory>("/api/v1/memories",
                                   {.access = Access::user,
                                    .status = 201,
                                    .summary = "Save a memory without a file",
                                    .tag = "memories",
                                    .idempotent = true},
                                   [&memories](Context& context, const MemoryDraft& draft) {
                                     auto saved = reply(context, memories.create(context.user().user_id, draft));
                                     if (saved) context.set_header("Location", "/api/v1/memories/" + saved->id);
                                     return saved;
                                   });
  router.get<MemoryQuery, Page<Memory>>(
      "/api/v1/memories",
      {.summary = "List memories, newest first",
       .tag = "memories",
       .kept = true,
       .description = "One of `type`, `tag` and `favourite` at a time. Undated memories come last."},
      [&memories](Context& context, const MemoryQuery& query) {
        return reply(context, memories.list(context.user().user_id, query));
      });
  router.get<Memory>(
      "/api/v1/memories/{id}", {.summary = "Read a memory", .tag = "memories"},
      [&memories](Context& context) { return reply(context, memories.get(context.user().user_id, id_of(context))); });
  router.patch<MemoryPatch, Memory>(
      "/api/v1/memories/{id}", {.summary = "Change a memory", .tag = "memories", .needs_if_match = true},
      [&memories](Context& context, const MemoryPatch& patch) -> Result<Memory> {
        TRY(const std::int64_t version, context.require_if_match());
        return reply(context, memories.patch(context.user().user_id, id_of(context), version, patch));
      });
  router.del<Nothing>(
      "/api/v1/memories/{id}",
      {.summary = "Put a memory into the trash",
       .tag = "memories",
       .description = "`If-Match` is honoured where it is sent, and not asked for: it can be taken back for 30 days."},
      [&trash](Context& context) -> Result<Nothing> {
        std::optional<std::int64_t> version;
        if (!context.header("if-match").empty()) {
          TRY(version, context.require_if_match());
        }
        TRY_OK(trash.put(context.user().user_id, id_of(context), version));
        return Nothing{};
      });
  router.put<Memory>("/api/v1/memories/{id}/favourite",
                     {.summary = "Make it a favourite of one's own", .tag = "memories"}, [&memories](Context& context) {
                       return reply(context, memories.set_favourite(context.user().user_id, id_of(context), true));
                     });
  router.del<Memory>("/api/v1/memories/{id}/favourite",
                     {.status = 200, .summary = "Make it no favourite", .tag = "memories"},
                     [&memories](Context& context) {
                       return reply(context, memories.set_favourite(context.user().user_id, id_of(context), false));
                     });
  router.get<PageQuery, Page<Revision>>("/api/v1/memories/{id}/revisions",
                                        {.summary = "Every change, the latest first", .tag = "memories"},
                                        [&memories](Context& context, const PageQuery& query) {
                                          return memories.revisions(context.user().user_id, id_of(context), query);
                                        });
  router.post<Memory>("/api/v1/memories/{id}/revisions/{version}/undo",
                      {.status = 200, .summary = "Take one change back", .tag = "memories"},
                      [&memories](Context& context) -> Result<Memory> {
                        TRY(const std::int64_t version, version_of(context));
                        return reply(context, memories.undo(context.user().user_id, id_of(context), version));
                      });
  router.get<TimelineQuery, Items<TagCount>>(
      "/api/v1/tags", {.summary = "Tags in use, the most used first", .tag = "memories", .kept = true},
      [&memories](Context& context, const TimelineQuery& query) {
        return memories.tags(context.user().user_id, query.space_id);
      });

  router.post<MemoryIds, BatchOutcome>(
      "/api/v1/memories/trash", {.summary = "Put several into the trash", .tag = "trash"},
      [&trash](Context& context, const MemoryIds& ids) { return trash.put_all(context.user().user_id, ids); });
  router.post<MemoryIds, BatchOutcome>(
      "/api/v1/memories/restore", {.summary = "Take several out of the trash", .tag = "trash"},
      [&trash](Context& context, const MemoryIds& ids) { return trash.restore_all(context.user().user_id, ids); });
  router.post<Memory>(
      "/api/v1/memories/{id}/restore", {.status = 200, .summary = "Take one out of the trash", .tag = "trash"},
      [&trash](Context& context) { return reply(context, trash.restore(context.user().user_id, id_of(context))); });
  router.get<TrashQuery, Page<Memory>>(
      "/api/v1/trash", {.summary = "What is in the trash, the latest first", .tag = "trash"},
      [&trash](Context& context, const TrashQuery& query) {
        return reply(context, trash.list(context.user().user_id, query.space_id,
                                         {.limit = query.limit, .cursor = query.cursor}));
      });
  router.del<Nothing>("/api/v1/trash/{id}", {.summary = "Delete one for good", .tag = "trash"},
                      [&trash](Context& context) -> Result<Nothing> {
                        TRY_OK(trash.purge(context.user().user_id, id_of(context)));
                        return Nothing{};
                      });
  router.post<MemoryIds, BatchOutcome>(
      "/api/v1/trash/purge", {.summary = "Delete several for good", .tag = "trash"},
      [&trash](Context& context, const MemoryIds& ids) { return trash.purge_all(context.user().user_id, ids); });
  router.del<TimelineQuery, Nothing>("/api/v1/trash", {.summary = "Empty the trash", .tag = "trash"},
                                     [&trash](Context& context, const TimelineQuery& query) -> Result<Nothing> {
                                       TRY_OK(trash.empty(context.user().user_id, query.space_id));
                                       return Nothing{};
                                     });
}

void add_timeline_routes(http::Router& router, memories::TimelineService& timeline) {
  router.get<TimelineQuery, Buckets>("/api/v1/timeline/buckets",
                                     {.summary = "How many memories each month has", .tag = "timeline", .kept = true},
                                     [&timeline](Context& context, const TimelineQuery& query) {
                                       return timeline.buckets(context.user().user_id, query);
                                     });
  router.get<TimelineBucketQuery, BucketColumns>(
      "/api/v1/timeline/buckets/{bucket}",
      {.summary = "One month as columns",
       .tag = "timeline",
       .kept = true,
       .description =
           "Arrays of one length. A month of more than `limit` memories says in `Next-Cursor` where to go on."},
      [&timeline](Context& context, const TimelineBucketQuery& query) -> Result<BucketColumns> {
        TRY(auto page, timeline.bucket(context.user().user_id, std::string(context.param("bucket")), query));
        if (page.next_cursor) context.set_header("Next-Cursor", *page.next_cursor);
        return std::move(page.columns);
      });
}

} // namespace mv
