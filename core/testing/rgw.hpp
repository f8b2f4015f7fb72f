#pragma once

// A real S3 server for tests: Ceph RGW in a temporary folder on a free port, started once a test program and ended with
// it. MEMORYVERSE_TEST_S3=http://HOST:PORT lets the tests run against another store, with the keys of AWS_ACCESS_KEY_ID
// and AWS_SECRET_ACCESS_KEY; they make a bucket of their own in it, and leave it there.

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "core/testing/s3_gateway.hpp"

namespace mv::test {

class Rgw {
public:
  /// Starts it with the first call; throws std::runtime_error with its log when it does not start.
  static Rgw& shared();

  [[nodiscard]] const std::string& endpoint() const { return endpoint_; } ///< `http://127.0.0.1:7480`
  /// What stands before it. Only where `is_dbstore`.
  [[nodiscard]] S3Gateway& gateway() { return *gateway_; }
  [[nodiscard]] const std::string& access_key() const { return access_key_; }
  [[nodiscard]] const std::string& secret_key() const { return secret_key_; }
  [[nodiscard]] const std::string& bucket() const { return bucket_; }
  /// Whether it is an RGW of this machine, which gives back wrong bytes of objects that came in parts.
  [[nodiscard]] bool is_dbstore() const { return pid_ > 0; }

  /// `s3://BUCKET/PREFIX?endpoint=…`
  [[nodiscard]] std::string url(const std::string& prefix) const;
  /// One signed request to `path`, `/BUCKET/KEY?query`; gives the status, 0 for none.
  long request(const std::string& method, const std::string& path, std::string* body = nullptr) const;

  Rgw(const Rgw&) = delete;
  Rgw& operator=(const Rgw&) = delete;
  ~Rgw();

private:
  Rgw();
  void start();
  [[nodiscard]] bool make_user(const std::filesystem::path& configuration) const; ///< False when it takes for ever.

  std::filesystem::path folder_;
  std::string endpoint_;
  std::string access_key_ = "memoryverse-test";
  std::string secret_key_ = "memoryverse-test-secret";
  std::string bucket_;
  pid_t pid_ = -1;
  std::unique_ptr<S3Gateway> gateway_;
};

} // namespace mv::test
