#include "core/adapters/s3/sign.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <chrono>
#include <format>

#include "core/base/encoding.hpp"
#include "core/base/hash.hpp"

namespace mv::s3 {

namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string hmac(std::string_view key, std::string_view text) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size);
  digest.resize(size);
  return digest;
}

} // namespace

std::string amz_date(TimeMs at) {
  const std::chrono::sys_seconds seconds{std::chrono::seconds{at / kSecond}};
  return std::format("{:%Y%m%dT%H%M%SZ}", seconds);
}

std::string encode_path(std::string_view path) {
  std::string encoded;
  for (;;) {
    const std::string_view part = path.substr(0, path.find('/'));
    encoded += percent_encode(part);
    if (part.size() == path.size()) return encoded;
    encoded += '/';
    path.remove_prefix(part.size() + 1);
  }
}

std::string encode_query(Query query) {
  for (auto& [name, value] : query) {
    name = percent_encode(name);
    value = percent_encode(value);
  }
  std::ranges::sort(query);
  std::string encoded;
  for (const auto& [name, value] : query) {
    encoded += encoded.empty() ? "" : "&";
    encoded += name;
    encoded += '=';
    encoded += value;
  }
  return encoded;
}

std::string presigned_url(const Presign& what) {
  const std::string date = amz_date(what.now);
  const std::string day = date.substr(0, 8);
  const std::string scope = std::format("{}/{}/s3/aws4_request", day, what.region);
  Query query = what.query;
  query.emplace_back("X-Amz-Algorithm", kAlgorithm);
  query.emplace_back("X-Amz-Credential", std::format("{}/{}", what.access_key_id, scope));
  query.emplace_back("X-Amz-Date", date);
  query.emplace_back("X-Amz-Expires", std::to_string(what.lasts / kSecond));
  query.emplace_back("X-Amz-SignedHeaders", "host");
  const std::string path = encode_path(what.path);
  const std::string parameters = encode_query(std::move(query));
  const std::string request =
      std::format("{}\n{}\n{}\nhost:{}\n\nhost\nUNSIGNED-PAYLOAD", what.method, path, parameters, what.host);
  const std::string to_sign = std::format("{}\n{}\n{}\n{}", kAlgorithm, date, scope, sha256_hex(request));
  std::string key = hmac("AWS4" + what.secret_access_key.reveal(), day);
  for (const std::string_view step : {what.region, std::string_view("s3"), std::string_view("aws4_request")})
    key = hmac(key, step);
  return std::format("{}://{}{}?{}&X-Amz-Signature={}", what.scheme, what.host, path, parameters,
                     hex_encode(hmac(key, to_sign)));
}

} // namespace mv::s3
