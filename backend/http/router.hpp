#pragma once

// The typed router: address, access, body, reply and summary of each endpoint in one place. It refuses what is not
// allowed, reads the body, runs the handler on the request pool, turns an Error into a problem reply, times the route
// and remembers its types for openapi.json.
//
//   router.post<MemoryDraft, Memory>("/api/v1/memories", {.access = Access::user, .status = 201, .summary = "Save"},
//                                    [&](Context& context, MemoryDraft draft) { return service.create(…); });
//
// Codecs of all types that routes name must exist (json.hpp), else the program does not link.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "backend/http/context.hpp"
#include "backend/http/json.hpp"
#include "core/contracts/common.hpp"

namespace mv::http {

enum class Method { get, post, put, patch, del, head, options };
[[nodiscard]] std::string_view name_of(Method method); ///< `DELETE`
[[nodiscard]] std::optional<Method> method_of(std::string_view name);

enum class Access {
  anyone, ///< Signed in or not. A token that is spent counts as nobody.
  user,   ///< Signed in, else 401.
  owner,  ///< The owner of the installation, else 403.
};

/// What a route is, beside its types.
struct RouteOptions {
  Access access = Access::user;
  int status = 0; ///< On success; 0: 200, or 204 where the reply is Nothing.
  std::string summary{};
  std::string tag{};           ///< Groups routes in the API's documentation: `memories`.
  bool needs_if_match = false; ///< Documentation: 428 and 412 are possible.
  bool idempotent = false;     ///< Honours `Idempotency-Key` (creations).
  bool secret = false;         ///< The reply carries tokens: never compressed, never stored.
  bool kept = false; ///< The same reader gets the same reply for as long as nothing that they may see changes.
  std::string cache = "no-store";       ///< `Cache-Control` of successful replies.
  std::size_t body_limit = 1024 * 1024; ///< Bytes; for raw routes too.
  std::string request_type{};           ///< Raw routes, documentation: media type of the body.
  std::string response_type{};          ///< Raw routes, documentation: media type of the reply.
  std::string description{};            ///< Documentation, Markdown.
};

/// One part of a multipart/form-data body. Views live as long as the request.
struct Part {
  std::string name;
  std::string file_name{};    ///< As the client called it, untrusted; "" for a field.
  std::string content_type{}; ///< As the client says, untrusted.
  std::string_view content;
};

/// A request whose body the handler reads itself.
class RawRequest {
public:
  explicit RawRequest(const Request& request) : request_(request) {}
  [[nodiscard]] std::string_view body() const { return request_.body(); }
  [[nodiscard]] std::string_view content_type() const { return request_.header("content-type"); }
  /// The parts of a multipart/form-data body, in their order, without copying; `unsupported_type` for another type and
  /// `invalid` (`request.malformed-multipart`) for one that does not add up.
  [[nodiscard]] Result<std::vector<Part>> parts() const;

private:
  const Request& request_;
};

/// A file, sent by sendfile. Range (one range), If-Range, If-None-Match and HEAD are served by the router.
struct FileReply {
  std::filesystem::path path{};
  std::string content_type{};
  std::string etag{};          ///< Without quotes; strong.
  std::string cache_control{}; ///< "" leaves the route's.
  std::string file_name{};     ///< For Content-Disposition; "" leaves it out.
  bool attachment = false;     ///< Download instead of show.
};

/// A file that is not local: `read` is called for consecutive pieces, on a request thread.
struct BytesReply {
  std::int64_t size = 0;
  std::function<Result<std::string>(std::int64_t offset, std::int64_t length)> read;
  FileReply about{}; ///< Its `path` is not used.
};

/// Nothing, bytes in memory, a file, or a file from elsewhere. `content_type` is for bytes in memory.
struct RawReply {
  std::variant<std::monostate, std::string, FileReply, BytesReply> body{};
  std::string content_type{};
};

template <class Reply>
using Handler = std::function<Result<Reply>(Context&)>;
template <class Body, class Reply>
using BodyHandler = std::function<Result<Reply>(Context&, Body)>;
using RawHandler = std::function<Result<RawReply>(Context&, RawRequest&)>;

/// A reply that is kept under an Idempotency-Key.
struct KeptReply {
  int status = 0;
  std::string body;
  std::string etag{};
  std::string location{};
};

/// Keeps what a creation answered, so that the same request sent again answers the same and creates nothing.
class IdempotencyStore {
public:
  virtual ~IdempotencyStore() = default;
  /// The reply that this request got before, or nothing where `work` ran now. What `work` writes and its reply commit
  /// together: either both are there or neither is, whenever the process dies. Of the same request sent several times
  /// at once one does the work and the others wait for its reply. An error of `work` leaves the key free. `work` may
  /// run more than once, as that of a transaction may. `unprocessable` with `idempotency.key-reused` when `fingerprint`
  /// (of method, address and body) is not that of the first request.
  virtual Result<std::optional<KeptReply>> run_once(const std::string& user_id, std::string_view key,
                                                    std::string_view fingerprint,
                                                    const std::function<Result<KeptReply>()>& work) = 0;
};

/// Keeps the replies of routes that are `kept`.
class ReplyCache {
public:
  virtual ~ReplyCache() = default;
  /// What `pack` gave before to the same `asked` of `user_id`, if nothing that they may see has changed since, else
  /// what it gives now. `asked` holds all that the reply depends on beside that. `make` only reads, and may run more
  /// than once; its errors are not kept. `pack` runs after it and reads nothing. Never null.
  virtual Result<std::shared_ptr<const std::string>> find_or_make(const std::string& user_id, std::string_view asked,
                                                                  const std::function<Result<void>()>& make,
                                                                  const std::function<std::string()>& pack) = 0;
};

/// One route, its types erased.
struct Route {
  Method method = Method::get;
  std::string pattern; ///< `/api/v1/memories/{id}`
  RouteOptions options;
  bool raw = false;
  bool has_body = false;
  std::function<Result<RawReply>(Context&, RawRequest&)> run;
  std::function<std::string(Schemas&)> describe_body;  ///< Null where there is none.
  std::function<std::string(Schemas&)> describe_reply; ///< Null where there is none.
  std::function<std::string(Schemas&)> describe_query; ///< Null where there is none.
};

/// Filled by the composition root before the server starts; only read afterwards.
class Router {
public:
  Router();
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  template <class Reply>
  void get(const std::string& pattern, const RouteOptions& options, Handler<Reply> handler) {
    add_plain<Reply>(Method::get, pattern, options, std::move(handler));
  }
  /// With a typed query string.
  template <class Query, class Reply>
  void get(const std::string& pattern, const RouteOptions& options, BodyHandler<Query, Reply> handler) {
    add_query<Query, Reply>(Method::get, pattern, options, std::move(handler));
  }
  template <class Reply>
  void post(const std::string& pattern, const RouteOptions& options, Handler<Reply> handler) {
    add_plain<Reply>(Method::post, pattern, options, std::move(handler));
  }
  template <class Body, class Reply>
  void post(const std::string& pattern, const RouteOptions& options, BodyHandler<Body, Reply> handler) {
    add_body<Body, Reply>(Method::post, pattern, options, std::move(handler));
  }
  template <class Reply>
  void put(const std::string& pattern, const RouteOptions& options, Handler<Reply> handler) {
    add_plain<Reply>(Method::put, pattern, options, std::move(handler));
  }
  template <class Body, class Reply>
  void put(const std::string& pattern, const RouteOptions& options, BodyHandler<Body, Reply> handler) {
    add_body<Body, Reply>(Method::put, pattern, options, std::move(handler));
  }
  template <class Body, class Reply>
  void patch(const std::string& pattern, const RouteOptions& options, BodyHandler<Body, Reply> handler) {
    add_body<Body, Reply>(Method::patch, pattern, options, std::move(handler));
  }
  template <class Reply>
  void del(const std::string& pattern, const RouteOptions& options, Handler<Reply> handler) {
    add_plain<Reply>(Method::del, pattern, options, std::move(handler));
  }
  template <class Query, class Reply>
  void del(const std::string& pattern, const RouteOptions& options, BodyHandler<Query, Reply> handler) {
    add_query<Query, Reply>(Method::del, pattern, options, std::move(handler));
  }
  /// A route that reads its body and writes its reply itself: uploads, downloads.
  void raw(Method method, const std::string& pattern, const RouteOptions& options, RawHandler handler);

  void set_authenticator(Authenticator authenticator) { authenticator_ = std::move(authenticator); }
  void set_idempotency(IdempotencyStore& store) { idempotency_ = &store; }
  /// Without one, every reply is made anew.
  void set_reply_cache(ReplyCache& cache) { reply_cache_ = &cache; }

  /// The OpenAPI 3.1 document of all routes; the same text for the same routes.
  [[nodiscard]] std::string openapi() const;

  // For the server.
  [[nodiscard]] const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }
  [[nodiscard]] const Authenticator& authenticator() const { return authenticator_; }
  [[nodiscard]] IdempotencyStore* idempotency() const { return idempotency_; }
  [[nodiscard]] ReplyCache* reply_cache() const { return reply_cache_; }

  struct Match {
    const Route* route = nullptr;                            ///< Null: nothing answers this method here.
    std::vector<std::pair<std::string, std::string>> params; ///< Names and what they matched.
    std::string allowed;                                     ///< `GET, HEAD, PATCH`; "" when the address is unknown.
  };
  /// `path` as sent; parameters are percent-decoded part by part. A literal part wins over a parameter.
  [[nodiscard]] Match find(Method method, std::string_view path) const;

private:
  void add(Route route);

  template <class Reply>
  static RawReply json_reply(const Reply& reply) {
    if constexpr (std::is_same_v<Reply, Nothing>)
      return {};
    else
      return RawReply{.body = Codec<Reply>::write(reply), .content_type = "application/json"};
  }
  template <class Reply>
  static std::function<std::string(Schemas&)> reply_schema() {
    if constexpr (std::is_same_v<Reply, Nothing>)
      return nullptr;
    else
      return [](Schemas& schemas) { return Codec<Reply>::describe(schemas, false); };
  }
  template <class Reply>
  void add_plain(Method method, const std::string& pattern, const RouteOptions& options, Handler<Reply> handler) {
    add({.method = method,
         .pattern = pattern,
         .options = options,
         .run = [handler = std::move(handler)](Context& context, RawRequest&) -> Result<RawReply> {
           TRY(const Reply reply, handler(context));
           return json_reply(reply);
         },
         .describe_body = nullptr,
         .describe_reply = reply_schema<Reply>(),
         .describe_query = nullptr});
  }
  template <class Query, class Reply>
  void add_query(Method method, const std::string& pattern, const RouteOptions& options,
                 BodyHandler<Query, Reply> handler) {
    add({.method = method,
         .pattern = pattern,
         .options = options,
         .run = [handler = std::move(handler)](Context& context, RawRequest&) -> Result<RawReply> {
           TRY(Query query, QueryCodec<Query>::read(context.request().query()));
           TRY(const Reply reply, handler(context, std::move(query)));
           return json_reply(reply);
         },
         .describe_body = nullptr,
         .describe_reply = reply_schema<Reply>(),
         .describe_query = [](Schemas& schemas) { return QueryCodec<Query>::describe(schemas); }});
  }
  template <class Body, class Reply>
  void add_body(Method method, const std::string& pattern, const RouteOptions& options,
                BodyHandler<Body, Reply> handler) {
    add({.method = method,
         .pattern = pattern,
         .options = options,
         .has_body = true,
         .run = [handler = std::move(handler)](Context& context, RawRequest& request) -> Result<RawReply> {
           TRY(Body body, Codec<Body>::read(request.body()));
           TRY(const Reply reply, handler(context, std::move(body)));
           return json_reply(reply);
         },
         .describe_body = [](Schemas& schemas) { return Codec<Body>::describe(schemas, true); },
         .describe_reply = reply_schema<Reply>(),
         .describe_query = nullptr});
  }

  struct Node;
  std::unique_ptr<Node> root_;
  std::vector<std::unique_ptr<Route>> routes_;
  Authenticator authenticator_;
  IdempotencyStore* idempotency_ = nullptr;
  ReplyCache* reply_cache_ = nullptr;
};

} // namespace mv::http
