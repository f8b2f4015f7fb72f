// Compression of replies made in memory. Files of the web client are compressed when it is built.

#include <brotli/encode.h>
#include <zlib.h>

#include <optional>

#include "backend/http/http_text.hpp"
#include "backend/http/reply.hpp"

namespace mv::http {

namespace {

// Under this a packet is a packet, and the work is wasted.
constexpr std::size_t kLeast = 1024;
// Near gzip's best size at several times its speed.
constexpr int kBrotliQuality = 3;
constexpr int kGzipLevel = 3;

bool is_text(std::string_view content_type) {
  return content_type.starts_with("text/") || content_type.starts_with("application/json") ||
         content_type.contains("+json") || content_type.contains("javascript") || content_type.contains("+xml");
}

std::optional<std::string> brotli(std::string_view text) {
  std::string out(BrotliEncoderMaxCompressedSize(text.size()), '\0');
  std::size_t size = out.size();
  const auto* const from = reinterpret_cast<const std::uint8_t*>(text.data());
  if (BrotliEncoderCompress(kBrotliQuality, 20, BROTLI_MODE_TEXT, text.size(), from, &size,
                            reinterpret_cast<std::uint8_t*>(out.data())) == BROTLI_FALSE) {
    return std::nullopt;
  }
  out.resize(size);
  return out;
}

std::optional<std::string> gzip(std::string_view text) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  if (deflateInit2(&stream, kGzipLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) return std::nullopt;
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); // zlib reads only
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) return std::nullopt;
  return out;
}

} // namespace

std::string_view encoding_for(const Request& request) {
  const std::string_view accepted = request.header("accept-encoding");
  if (accepts_encoding(accepted, "br")) return "br";
  return accepts_encoding(accepted, "gzip") ? "gzip" : "";
}

void compress(const Request& request, Reply& reply) {
  const std::string* text = std::get_if<std::string>(&reply.body);
  if (text == nullptr || !reply.compressible || text->size() < kLeast || !is_text(reply.content_type)) return;
  reply.set("Vary", "Accept-Encoding");
  const std::string_view encoding = encoding_for(request);
  if (encoding.empty()) return;
  auto packed = encoding == "br" ? brotli(*text) : gzip(*text);
  if (!packed || packed->size() >= text->size()) return;
  reply.body = *std::move(packed);
  reply.set("Content-Encoding", std::string(encoding));
}

} // namespace mv::http
