// The contract of each endpoint of collections, and nothing else.

#include "backend/collections/routes.hpp"

#include "backend/memories/routes.hpp"

namespace mv {

using http::Access;
using http::Context;

namespace {

Result<Collection> reply(Context& context, Result<Collection> collection) {
  if (collection) context.set_etag(collection->version);
  return collection;
}

std::string id_of(const Context& context) { return std::string(context.param("id")); }

} // namespace

void add_collection_routes(http::Router& router, collections::CollectionService& collections) {
  router.get<CollectionQuery, Items<Collection>>(
      "/api/v1/collections", {.summary = "The whole tree, siblings in their order", .tag = "collections", .kept = true},
      [&collections](Context& context, const CollectionQuery& query) {
        return collections.list(context.user().user_id, query);
      });
  router.post<CollectionDraft, Collection>(
      "/api/v1/collections", {.status = 201, .summary = "Make a collection", .tag = "collections", .idempotent = true},
      [&collections](Context& context, const CollectionDraft& draft) {
        auto made = reply(context, collections.create(context.user().user_id, draft));
        if (made) context.set_header("Location", "/api/v1/collections/" + made->id);
        return made;
      });
  router.get<Collection>("/api/v1/collections/{id}", {.summary = "Read a collection", .tag = "collections"},
                         [&collections](Context& context) {
                           return reply(context, collections.get(context.user().user_id, id_of(context)));
                         });
  router.patch<CollectionPatch, Collection>(
      "/api/v1/collections/{id}",
      {.summary = "Rename, describe, move or give a cover", .tag = "collections", .needs_if_match = true},
      [&collections](Context& context, const CollectionPatch& patch) -> Result<Collection> {
        TRY(const std::int64_t version, context.require_if_match());
        return reply(context, collections.patch(context.user().user_id, id_of(context), version, patch));
      });
  router.del<Nothing>("/api/v1/collections/{id}",
                      {.summary = "Remove a collection with all below it; memories stay", .tag = "collections"},
                      [&collections](Context& context) -> Result<Nothing> {
                        TRY_OK(collections.remove(context.user().user_id, id_of(context)));
                        return Nothing{};
                      });
  router.post<Collection>("/api/v1/collections/{id}/restore",
                          {.status = 200, .summary = "Take a removed collection back", .tag = "collections"},
                          [&collections](Context& context) {
                            return reply(context, collections.restore(context.user().user_id, id_of(context)));
                          });
  router.get<PageQuery, Page<Memory>>("/api/v1/collections/{id}/memories",
                                      {.summary = "Its memories in their order", .tag = "collections", .kept = true},
                                      [&collections](Context& context, const PageQuery& query) -> Result<Page<Memory>> {
                                        TRY(auto page,
                                            collections.memories(context.user().user_id, id_of(context), query));
                                        for (Memory& memory : page.items)
                                          explain(memory, context.locale());
                                        return page;
                                      });
  router.post<MemoryIds, BatchOutcome>("/api/v1/collections/{id}/memories",
                                       {.status = 200, .summary = "Put memories in", .tag = "collections"},
                                       [&collections](Context& context, const MemoryIds& ids) {
                                         return collections.add(context.user().user_id, id_of(context), ids);
                                       });
  router.post<MemoryIds, BatchOutcome>("/api/v1/collections/{id}/memories/remove",
                                       {.status = 200, .summary = "Take memories out", .tag = "collections"},
                                       [&collections](Context& context, const MemoryIds& ids) {
                                         return collections.take_out(context.user().user_id, id_of(context), ids);
                                       });
  router.put<CollectionOrder, Collection>(
      "/api/v1/collections/{id}/order", {.summary = "Put memories before another one", .tag = "collections"},
      [&collections](Context& context, const CollectionOrder& order) {
        return reply(context, collections.reorder(context.user().user_id, id_of(context), order));
      });
}

} // namespace mv
