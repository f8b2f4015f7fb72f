#include "core/adapters/s3/s3_blob_store.hpp"

#include <curl/curl.h>

#include <format>

#include "core/base/ids.hpp"
#include "core/ports/contracts/blob_store_contract.hpp"
#include "core/testing/free_port.hpp"
#include "core/testing/rgw.hpp"

namespace mv::s3 {
namespace {

namespace fs = std::filesystem;
using test::Rgw;

/// A store under a prefix of its own, in the one RGW of this program.
class Maker {
public:
  Maker() {
    fs::create_directories(folder_);
    settings_ = settings_of(Rgw::shared(), new_id());
    settings_.scratch = folder_ / "scratch";
    store_ = S3BlobStore::open(settings_, clock_, metrics_).value();
  }
  ~Maker() {
    store_.reset();
    fs::remove_all(folder_);
  }
  Maker(const Maker&) = delete;
  Maker& operator=(const Maker&) = delete;

  static Settings settings_of(const Rgw& rgw, const std::string& prefix) {
    auto settings = read_url(rgw.url(prefix)).value();
    settings.access_key_id = rgw.access_key();
    settings.secret_access_key = Secret(rgw.secret_key());
    return settings;
  }

  S3BlobStore& store() { return *store_; }
  [[nodiscard]] const fs::path& folder() const { return folder_; }
  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] std::string metrics() const { return metrics_.render(); }

  Result<BlobInfo> put(const BlobKey& key, std::string_view text) {
    TRY(auto writer, store_->create());
    TRY_OK(writer->write(std::as_bytes(std::span(text))));
    TRY(BlobInfo info, writer->finish());
    TRY_OK(writer->commit(key));
    return info;
  }
  std::vector<std::string> objects() {
    std::vector<std::string> keys;
    EXPECT_TRUE(store_->objects().list("", [&](const BlobEntry& entry) {
      keys.push_back(entry.key);
      return true;
    }));
    return keys;
  }

private:
  fs::path folder_ = fs::path(testing::TempDir()) / ("s3-" + new_id());
  SystemClock clock_;
  Metrics metrics_;
  Settings settings_;
  std::unique_ptr<S3BlobStore> store_;
};

std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& c : bytes) {
    state = state * 1'664'525 + 1'013'904'223;
    c = static_cast<char>(state >> 24U);
  }
  return bytes;
}

/// Without a signature of ours: as a client that was handed an address.
long plain_request(const std::string& url, std::string& body, const std::string* put = nullptr) {
  CURL* const easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
  curl_easy_setopt(
      easy, CURLOPT_WRITEFUNCTION, +[](char* bytes, std::size_t size, std::size_t count, void* to) {
        static_cast<std::string*>(to)->append(bytes, size * count);
        return size * count;
      });
  if (put != nullptr) {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PUT");
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(put->size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, put->data());
  }
  long status = 0;
  if (curl_easy_perform(easy) == CURLE_OK) curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_cleanup(easy);
  return status;
}

TEST(S3BlobStoreTest, PutsTogetherWhatIsTooLargeForMemory) {
  Maker maker;
  const std::string large = noise(40'000'000);
  const auto info = maker.put("originals/large", large);
  ASSERT_TRUE(info) << info.error().cause;
  EXPECT_EQ(info->sha256, sha256_hex(large));
  EXPECT_EQ(maker.objects(), std::vector<std::string>{"originals/large"}) << "its pieces are gone";
  EXPECT_TRUE(maker.store().read("originals/large", 0, 50'000'000) == large);
}

TEST(S3BlobStoreTest, ShowsNoPiecesAndLeavesNoneWhenDropped) {
  Maker maker;
  {
    auto writer = maker.store().create().value();
    const std::string half = noise(20'000'000);
    ASSERT_TRUE(writer->write(std::as_bytes(std::span(half))));
    EXPECT_EQ(maker.objects().size(), 1U);
    ASSERT_TRUE(maker.store().list("", [](const BlobEntry&) {
      ADD_FAILURE() << "a piece is shown";
      return true;
    }));
  }
  EXPECT_TRUE(maker.objects().empty());
}

TEST(S3BlobStoreTest, SendsInPartsWhatS3TakesInNoOneRequest) {
  Maker maker;
  Objects objects(maker.store().objects().client(), 1'000'000);
  const std::string large = noise(40'000'000);
  const auto put = objects.put("originals/parts", payload_of(large));
  ASSERT_TRUE(put) << put.error().cause;
  EXPECT_EQ(objects.size("originals/parts").value(), 40'000'000);
  EXPECT_EQ(maker.objects(), std::vector<std::string>{"originals/parts"});
  if (Rgw::shared().is_dbstore()) GTEST_SKIP() << "this RGW gives back the last part in place of all of them";
  EXPECT_TRUE(objects.get("originals/parts", 0, 50'000'000) == large);
}

TEST(S3BlobStoreTest, ListsMoreThanAPage) {
  Maker maker;
  for (int i = 0; i < 1'005; ++i)
    ASSERT_TRUE(maker.store().objects().put(std::format("many/{:05}", i), payload_of("x")));
  int seen = 0;
  std::string last;
  ASSERT_TRUE(maker.store().list("many/", [&](const BlobEntry& entry) {
    EXPECT_LT(last, entry.key);
    last = entry.key;
    ++seen;
    return true;
  }));
  EXPECT_EQ(seen, 1'005);
  ASSERT_TRUE(maker.store().objects().remove_below("many/"));
  EXPECT_TRUE(maker.objects().empty());
}

TEST(S3BlobStoreTest, HandsOutAddressesForAWhile) {
  Maker maker;
  Client& client = maker.store().objects().client();
  const std::string bytes = "a face";
  std::string body;
  EXPECT_EQ(plain_request(client.presign("PUT", "direct/a", kMinute, {}), body, &bytes), 200) << body;
  body.clear();
  const std::string get = client.presign("GET", "direct/a", kMinute, {{"response-content-type", "image/x-test"}});
  EXPECT_EQ(plain_request(get, body), 200) << body;
  EXPECT_EQ(body, bytes);
  EXPECT_EQ(plain_request(client.presign("GET", "direct/b", kMinute, {}), body), 404);
  EXPECT_EQ(plain_request(get, body, &bytes), 403) << "to read is not to write";
  std::string forged = get;
  forged.replace(forged.find("direct/a"), 8, "direct/c");
  EXPECT_EQ(plain_request(forged, body), 403);
  FixedClock yesterday(SystemClock().now() - kDay);
  Metrics metrics;
  Client past(maker.settings(), yesterday, metrics);
  EXPECT_EQ(plain_request(past.presign("GET", "direct/a", kMinute, {}), body), 403) << "it has run out";
}

TEST(S3BlobStoreTest, FindsABucketByItsNameOfTheHost) {
  if (!Rgw::shared().is_dbstore()) GTEST_SKIP() << "only a store of our own is known to have names for buckets";
  auto settings = Maker::settings_of(Rgw::shared(), new_id());
  settings.endpoint.host.replace(0, std::string_view("127.0.0.1").size(), "localhost");
  settings.public_endpoint = settings.endpoint;
  settings.virtual_host = true;
  settings.scratch = fs::path(testing::TempDir()) / ("s3-" + new_id());
  const SystemClock clock;
  Metrics metrics;
  auto store = S3BlobStore::open(settings, clock, metrics).value();
  EXPECT_TRUE(store->check()) << store->check().error().cause;
  auto writer = store->create().value();
  const std::string large = noise(20'000'000); // in parts
  ASSERT_TRUE(writer->write(std::as_bytes(std::span(large))));
  ASSERT_TRUE(writer->finish());
  ASSERT_TRUE(writer->commit("originals/large"));
  EXPECT_TRUE(store->read("originals/large", 0, 30'000'000) == large);
  std::string body;
  const std::string address = store->objects().client().presign("GET", "originals/large", kMinute, {});
  EXPECT_TRUE(address.starts_with("http://" + settings.bucket + ".localhost:")) << address;
  EXPECT_EQ(plain_request(address, body), 200);
  EXPECT_TRUE(body == large);
  store.reset();
  fs::remove_all(settings.scratch);
}

TEST(S3BlobStoreTest, CountsItsCalls) {
  Maker maker;
  ASSERT_TRUE(maker.put("a/b", "x"));
  const std::string metrics = maker.metrics();
  EXPECT_NE(metrics.find(R"(memoryverse_dependency_calls_total{dependency="s3",operation="put",outcome="success"} 1)"),
            std::string::npos)
      << metrics;
  EXPECT_NE(metrics.find(R"(memoryverse_dependency_breaker_state{dependency="s3"} 0)"), std::string::npos);
}

TEST(S3BlobStoreTest, SweepsWhatWritersOfYesterdayLeft) {
  Maker maker;
  ASSERT_TRUE(maker.store().objects().put(".uploads/blob-dead/000000", payload_of("half")));
  ASSERT_TRUE(maker.put("a/b", "x"));
  ASSERT_TRUE(maker.store().sweep());
  EXPECT_EQ(maker.objects().size(), 2U) << "a writer may still be at it";
  FixedClock later(SystemClock().now() + 2 * kDay);
  // Its own requests would be refused two days from now; only the sweep asks this clock.
  Metrics metrics;
  std::vector<std::string> old;
  auto settings = maker.settings();
  settings.scratch = maker.folder() / "later";
  EXPECT_FALSE(S3BlobStore::open(settings, later, metrics).value()->sweep()) << "the store does not believe its clock";
}

TEST(S3CheckTest, IsContentWithAStoreThatWorks) {
  Maker maker;
  const auto checked = maker.store().check();
  EXPECT_TRUE(checked) << checked.error().cause;
  EXPECT_TRUE(maker.store().ping());
  EXPECT_TRUE(maker.objects().empty());
}

class S3CheckOfMistakes : public testing::Test {
protected:
  S3CheckOfMistakes() {
    settings_ = Maker::settings_of(Rgw::shared(), new_id());
    settings_.scratch = folder_;
    settings_.patience.attempts = 2;
    settings_.patience.first_rest = std::chrono::milliseconds(1);
  }
  ~S3CheckOfMistakes() override { fs::remove_all(folder_); }
  std::string complaint(const Clock& clock) {
    Metrics metrics;
    const auto checked = S3BlobStore::open(settings_, clock, metrics).value()->check();
    return checked ? "none" : checked.error().cause;
  }
  std::string complaint() { return complaint(SystemClock()); }

  fs::path folder_ = fs::path(testing::TempDir()) / ("s3-" + new_id());
  Settings settings_;
};

TEST_F(S3CheckOfMistakes, NamesTheEndpoint) {
  settings_.endpoint.host = "127.0.0.1:" + std::to_string(test::free_port());
  EXPECT_NE(complaint().find("MEMORYVERSE_STORAGE_URL: the S3 store does not answer"), std::string::npos)
      << complaint();
  EXPECT_NE(complaint().find("`endpoint`"), std::string::npos);
}

TEST_F(S3CheckOfMistakes, NamesTheBucket) {
  settings_.bucket = "nobody-made-this";
  EXPECT_NE(complaint().find("MEMORYVERSE_STORAGE_URL: there is no bucket `nobody-made-this`"), std::string::npos)
      << complaint();
}

TEST_F(S3CheckOfMistakes, NamesTheKey) {
  settings_.access_key_id = "somebody";
  EXPECT_NE(complaint().find("AWS_ACCESS_KEY_ID"), std::string::npos) << complaint();
}

TEST_F(S3CheckOfMistakes, NamesTheSecretAndDoesNotTellIt) {
  settings_.secret_access_key = Secret("hush-hush");
  EXPECT_NE(complaint().find("AWS_SECRET_ACCESS_KEY"), std::string::npos) << complaint();
  EXPECT_EQ(complaint().find("hush"), std::string::npos);
}

TEST_F(S3CheckOfMistakes, NamesTheClock) {
  const FixedClock ahead(SystemClock().now() + 40 * kMinute);
  EXPECT_NE(complaint(ahead).find("clock of this machine is 40 minutes ahead"), std::string::npos) << complaint(ahead);
  const FixedClock behind(SystemClock().now() - 90 * kMinute);
  EXPECT_NE(complaint(behind).find("minutes behind"), std::string::npos) << complaint(behind);
}

} // namespace
} // namespace mv::s3

namespace mv {
INSTANTIATE_TYPED_TEST_SUITE_P(S3, BlobStoreContract, s3::Maker);
} // namespace mv
