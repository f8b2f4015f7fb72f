#include "backend/replies/reply_cache.hpp"

#include "core/base/hash.hpp"
#include "core/spaces/view.hpp"

namespace mv {

namespace {

Counter& counter(Metrics& metrics, std::string_view outcome) {
  return metrics.counter("memoryverse_kept_replies_total", "Replies that were kept, or made to be kept.",
                         {{"outcome", outcome}});
}

} // namespace

DatabaseReplyCache::DatabaseReplyCache(JoiningDatabase& db, Cache& cache, std::string program, Metrics& metrics)
    : db_(db),
      cache_(cache),
      program_(std::move(program)),
      found_(counter(metrics, "found")),
      made_(counter(metrics, "made")) {}

Result<std::shared_ptr<const std::string>> DatabaseReplyCache::find_or_make(const std::string& user_id,
                                                                            std::string_view asked,
                                                                            const std::function<Result<void>()>& make,
                                                                            const std::function<std::string()>& pack) {
  const auto key_at = [&](std::string_view version) {
    Sha256 key;
    for (const std::string_view part : {std::string_view(program_), std::string_view(user_id), asked, version}) {
      key.update(part);
      key.update(std::string_view("\0", 1));
    }
    return key.hex();
  };
  TRY(const std::string now, spaces::view_version(db_, user_id));
  if (auto known = cache_.find(key_at(now))) {
    found_.add();
    return known;
  }
  // The version once more, now of the very snapshot that the reply is made from: a replica may be behind the database
  // that answered above, and a change may have come between.
  std::string version;
  TRY_OK(db_.read_together([&]() -> Result<void> {
    TRY(version, spaces::view_version(db_, user_id));
    return make();
  }));
  auto reply = std::make_shared<const std::string>(pack());
  made_.add();
  cache_.keep(key_at(version), reply);
  return reply;
}

} // namespace mv
