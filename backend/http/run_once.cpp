#include "backend/http/run_once.hpp"

#include <algorithm>

#include "core/base/hash.hpp"

namespace mv::http {

namespace {

constexpr std::size_t kLongestKey = 200;

/// The same key with another request is a mistake of the client.
std::string fingerprint_of(const Request& request) {
  Sha256 hasher;
  hasher.update(request.method());
  hasher.update(std::string_view(" "));
  hasher.update(request.path());
  hasher.update(std::string_view("\n"));
  hasher.update(request.body());
  return hasher.hex();
}

KeptReply kept(const Reply& reply, const ReplyHead& head) {
  KeptReply keep{.status = reply.status, .body = {}, .etag = std::string(reply.header("ETag")), .location = {}};
  if (const auto* text = std::get_if<std::string>(&reply.body)) keep.body = *text;
  for (const auto& [name, value] : head.headers) {
    if (name == "Location") keep.location = value;
  }
  return keep;
}

Reply replayed(KeptReply kept) {
  Reply reply;
  reply.status = kept.status;
  reply.content_type = "application/json";
  reply.body = std::move(kept.body);
  reply.set("Cache-Control", "no-store");
  if (!kept.etag.empty()) reply.set("ETag", kept.etag);
  if (!kept.location.empty()) reply.set("Location", kept.location);
  reply.set("Idempotency-Replayed", "true");
  return reply;
}

} // namespace

Result<Reply> run_once(IdempotencyStore& store, Context& context, const std::function<Result<Reply>()>& run) {
  const std::string_view key = context.header("idempotency-key");
  const bool sane = key.size() <= kLongestKey && std::ranges::all_of(key, [](char c) { return c > 0x20 && c < 0x7f; });
  if (!sane) return fail(ErrorCode::invalid, "idempotency.bad-key");

  Reply fresh;
  const auto work = [&]() -> Result<KeptReply> {
    context.forget_reply(); // of an attempt that another request was in the way of
    TRY(fresh, run());
    return kept(fresh, context.reply());
  };
  TRY(auto before, store.run_once(context.user().user_id, key, fingerprint_of(context.request()), work));
  if (!before) return fresh;
  context.forget_reply();
  return replayed(*std::move(before));
}

} // namespace mv::http
