#include "backend/tests/websocket_client.hpp"

#include <curl/curl.h>
#include <poll.h>

#include <chrono>

namespace mv::test {

WebSocketClient::WebSocketClient(const std::string& url, const Headers& headers) {
  CURL* const easy = curl_easy_init();
  curl_slist* list = nullptr;
  for (const auto& header : headers)
    list = curl_slist_append(list, header.c_str());
  easy_ = easy;
  headers_ = list;
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 2L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, 20L);
  opened_ = curl_easy_perform(easy) == CURLE_OK;
}

WebSocketClient::~WebSocketClient() {
  curl_easy_cleanup(static_cast<CURL*>(easy_));
  curl_slist_free_all(static_cast<curl_slist*>(headers_));
}

void WebSocketClient::send(const std::string& text) {
  std::size_t sent = 0;
  curl_ws_send(static_cast<CURL*>(easy_), text.data(), text.size(), &sent, 0, CURLWS_TEXT);
}

std::optional<Json> WebSocketClient::next(int seconds) {
  CURL* const easy = static_cast<CURL*>(easy_);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  std::string text;
  while (opened_ && !closed_ && std::chrono::steady_clock::now() < until) {
    char piece[16 * 1024];
    std::size_t got = 0;
    const curl_ws_frame* frame = nullptr;
    const CURLcode code = curl_ws_recv(easy, piece, sizeof piece, &got, &frame);
    if (code == CURLE_AGAIN) {
      curl_socket_t socket = -1;
      curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket);
      pollfd wait{.fd = socket, .events = POLLIN, .revents = 0};
      ::poll(&wait, 1, 100);
      continue;
    }
    if (code != CURLE_OK || frame == nullptr || (frame->flags & CURLWS_CLOSE) != 0) {
      closed_ = true;
      break;
    }
    if ((frame->flags & CURLWS_TEXT) == 0) continue;
    text.append(piece, got);
    if (frame->bytesleft == 0 && (frame->flags & CURLWS_CONT) == 0) return Json::parse(text, nullptr, false);
  }
  return std::nullopt;
}

std::optional<Json> WebSocketClient::next_of(const std::string& type, int seconds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (std::chrono::steady_clock::now() < until) {
    auto message = next(seconds);
    if (!message) return std::nullopt;
    if (message->value("type", "") == type) return message;
  }
  return std::nullopt;
}

} // namespace mv::test
