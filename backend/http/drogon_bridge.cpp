#include "backend/http/drogon_bridge.hpp"

#include <algorithm>
#include <cstring>
#include <future>

#include "core/base/log.hpp"

namespace mv::http {

namespace {

/// Bytes from elsewhere, piece by piece as the connection takes them. Drogon calls it on the connection's loop and
/// wants bytes at once, so that the next piece is read ahead on a thread of its own: the loop waits only for a store
/// that is slower than the client. Memory holds two pieces.
class Pieces {
public:
  explicit Pieces(BytesSlice slice) : slice_(std::move(slice)), piece_(std::move(slice_.first)) {
    skip(static_cast<std::int64_t>(piece_.size()));
    read_ahead();
  }

  std::size_t fill(char* buffer, std::size_t room) {
    if (buffer == nullptr) return 0; // the connection is gone
    if (used_ == piece_.size() && !next_piece()) return 0;
    const std::size_t size = std::min(piece_.size() - used_, room);
    std::memcpy(buffer, piece_.data() + used_, size);
    used_ += size;
    return size;
  }

private:
  void skip(std::int64_t bytes) {
    slice_.offset += bytes;
    slice_.length -= bytes;
  }
  void read_ahead() {
    const std::int64_t wanted = std::min(kReadAhead, slice_.length);
    if (wanted == 0) return;
    next_ = std::async(std::launch::async,
                       [read = slice_.read, offset = slice_.offset, wanted] { return read(offset, wanted); });
  }
  bool next_piece() {
    if (!next_.valid()) return false;
    auto piece = next_.get();
    if (!piece || piece->empty()) {
      if (!piece) log_error("reading a file for a reply failed", {{"error", piece.error()}});
      return false; // the connection closes before as much came as was announced, and so the client knows
    }
    piece_ = *std::move(piece);
    used_ = 0;
    skip(static_cast<std::int64_t>(piece_.size()));
    read_ahead();
    return true;
  }

  BytesSlice slice_;
  std::string piece_;
  std::size_t used_ = 0;
  std::future<Result<std::string>> next_;
};

drogon::HttpResponsePtr with_body(Reply& reply) {
  using drogon::HttpResponse;
  if (auto* text = std::get_if<std::string>(&reply.body)) {
    auto response = HttpResponse::newHttpResponse();
    response->setBody(std::move(*text));
    return response;
  }
  if (auto* file = std::get_if<FileSlice>(&reply.body); file != nullptr && file->length > 0) {
    return HttpResponse::newFileResponse(file->path.string(), static_cast<std::size_t>(file->offset),
                                         static_cast<std::size_t>(file->length), false, "", drogon::CT_CUSTOM,
                                         reply.content_type);
  }
  if (auto* bytes = std::get_if<BytesSlice>(&reply.body); bytes != nullptr && bytes->length > 0) {
    const std::string length = std::to_string(bytes->length);
    // A HEAD reads nothing.
    auto pieces = bytes->first.empty() ? nullptr : std::make_shared<Pieces>(std::move(*bytes));
    auto response = HttpResponse::newStreamResponse(
        [pieces](char* buffer, std::size_t room) { return pieces ? pieces->fill(buffer, room) : 0; }, "",
        drogon::CT_CUSTOM, reply.content_type);
    response->addHeader("content-length", length);
    if (pieces) response->setCloseConnection(true);
    return response;
  }
  return HttpResponse::newHttpResponse();
}

drogon::Cookie to_drogon_cookie(const Cookie& cookie, bool https) {
  drogon::Cookie made(cookie.name, cookie.value);
  made.setPath(cookie.path);
  made.setHttpOnly(cookie.http_only);
  made.setSecure(https);
  made.setSameSite(cookie.same_site == SameSite::strict ? drogon::Cookie::SameSite::kStrict
                                                        : drogon::Cookie::SameSite::kLax);
  if (cookie.max_age_s) made.setMaxAge(static_cast<int>(*cookie.max_age_s));
  return made;
}

} // namespace

std::string_view DrogonRequest::method() const {
  return request_->isHead() ? std::string_view("HEAD") : std::string_view(request_->methodString());
}

std::string_view DrogonRequest::header(std::string_view lower_case_name) const {
  const auto& headers = request_->headers();
  const auto found = headers.find(std::string(lower_case_name));
  return found == headers.end() ? std::string_view{} : std::string_view(found->second);
}

std::string_view DrogonRequest::cookie(std::string_view name) const { return request_->getCookie(std::string(name)); }

drogon::HttpResponsePtr to_drogon(Reply reply) {
  auto response = with_body(reply);
  if (reply.status == 460)
    response->setCustomStatusCode(460, "Checksum Mismatch"); // tus's own, unknown to Drogon
  else
    response->setStatusCode(static_cast<drogon::HttpStatusCode>(reply.status));
  if (reply.content_type.empty())
    response->setContentTypeCode(drogon::CT_NONE);
  else
    response->setContentTypeString(reply.content_type);
  for (auto& [name, value] : reply.headers) {
    // Drogon keeps one value a name; lists are joined, as RFC 9110 allows.
    const std::string& before = response->getHeader(name);
    if (name == "Vary" && !before.empty()) value = before + ", " + value;
    response->addHeader(std::move(name), std::move(value));
  }
  for (const Cookie& cookie : reply.cookies)
    response->addCookie(to_drogon_cookie(cookie, reply.https));
  return response;
}

} // namespace mv::http
