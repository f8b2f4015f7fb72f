#pragma once

// Where an S3 store is and how it is reached, read from one URL:
// `s3://BUCKET/PREFIX?endpoint=https://HOST[:PORT]&region=REGION&style=path|virtual&public=https://HOST[:PORT]`.

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/log.hpp"
#include "core/base/result.hpp"

namespace mv::s3 {

/// How long we wait, and how often we try.
struct Patience {
  std::chrono::milliseconds connect{5'000};
  std::chrono::seconds stalled{30};          ///< Without a byte either way.
  std::chrono::seconds whole{60};            ///< Of one attempt, and as long again as its bytes take at 256 KiB/s.
  int attempts = 4;                          ///< Of one request, the first included.
  std::chrono::milliseconds first_rest{100}; ///< Before the second attempt; doubled each time, cut short at random.
};

/// Scheme and authority of a server, `http` and `127.0.0.1:7480`.
struct Endpoint {
  std::string scheme;
  std::string host;
};

struct Settings {
  std::string bucket;
  std::string prefix; ///< "" or ends in a slash; before each key.
  Endpoint endpoint;
  Endpoint public_endpoint; ///< As clients reach it, in presigned addresses; the same unless the URL says otherwise.
  std::string region;
  bool virtual_host = false; ///< `BUCKET.HOST/KEY` instead of `HOST/BUCKET/KEY`.
  std::string access_key_id;
  Secret secret_access_key;
  std::filesystem::path scratch; ///< Local folder for what has to be a file for a while.
  Patience patience;
};

/// Everything but keys, scratch and patience. `invalid` with `storage.bad-url`, whose cause says what is wrong with
/// which part of the URL and how it should be. The URL holds no secret.
[[nodiscard]] Result<Settings> read_url(std::string_view url);

} // namespace mv::s3
