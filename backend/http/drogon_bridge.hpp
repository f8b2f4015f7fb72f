#pragma once

// Drogon's requests and replies as ours. Only server.cpp and socket_server.cpp include it.

#include <drogon/HttpRequest.h>
#include <drogon/HttpResponse.h>

#include "backend/http/context.hpp"
#include "backend/http/reply.hpp"

namespace mv::http {

class DrogonRequest final : public Request {
public:
  explicit DrogonRequest(drogon::HttpRequestPtr request) : request_(std::move(request)) {}
  [[nodiscard]] std::string_view method() const override;
  [[nodiscard]] std::string_view path() const override { return request_->getOriginalPath(); }
  [[nodiscard]] std::string_view query() const override { return request_->query(); }
  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const override;
  [[nodiscard]] std::string_view cookie(std::string_view name) const override;
  [[nodiscard]] std::string_view body() const override { return {request_->bodyData(), request_->bodyLength()}; }
  [[nodiscard]] std::string peer_address() const override { return request_->peerAddr().toIp(); }

private:
  drogon::HttpRequestPtr request_;
};

[[nodiscard]] drogon::HttpResponsePtr to_drogon(Reply reply);

} // namespace mv::http
