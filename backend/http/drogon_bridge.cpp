#include "backend/http/drogon_bridge.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/log.hpp"

namespace mv::http {

namespace {

/// Bytes from elsewhere, piece by piece as the connection takes them. Drogon calls it on the connection's loop.
class Pieces {
public:
  explicit Pieces(BytesSlice slice) : slice_(std::move(slice)) {}

  std::size_t fill(char* buffer, std::size_t room) {
    if (buffer == nullptr || slice_.length == 0) return 0; // the end, or the connection's
    const auto wanted = std::min<std::int64_t>(static_cast<std::int64_t>(room), slice_.length);
    const auto piece = slice_.read(slice_.offset, wanted);
    if (!piece || piece->empty()) {
      if (!piece) log_error("reading a file for a reply failed", {{"error", piece.error()}});
      slice_.length = 0;
      return 0;
    }
    const std::size_t size = std::min(piece->size(), room);
    std::memcpy(buffer, piece->data(), size);
    slice_.offset += static_cast<std::int64_t>(size);
    slice_.length -= static_cast<std::int64_t>(size);
    return size;
  }

private:
  BytesSlice slice_;
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
    auto pieces = std::make_shared<Pieces>(std::move(*bytes));
    return HttpResponse::newStreamResponse(
        [pieces](char* buffer, std::size_t room) { return pieces->fill(buffer, room); }, "", drogon::CT_CUSTOM,
        reply.content_type);
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
