#pragma once

// What every BlobStore must do. `Maker` gives `store()`, empty, and `folder()` on the local disk for files to adopt.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "core/base/hash.hpp"
#include "core/ports/blob_store.hpp"

namespace mv {

template <typename Maker>
class BlobStoreContract : public testing::Test {
protected:
  BlobStore& store() { return maker_.store(); }

  Result<BlobInfo> put(const BlobKey& key, std::string_view text) {
    TRY(auto writer, store().create());
    TRY_OK(writer->write(std::as_bytes(std::span(text))));
    TRY(BlobInfo info, writer->finish());
    TRY_OK(writer->commit(key));
    return info;
  }
  std::string get(const BlobKey& key) {
    auto bytes = store().read(key, 0, 1'000'000'000);
    return bytes ? *bytes : bytes.error().key;
  }
  std::vector<BlobKey> keys(std::string_view prefix = "") {
    std::vector<BlobKey> found;
    const auto listed = store().list(prefix, [&](const BlobEntry& entry) {
      found.push_back(entry.key);
      return true;
    });
    EXPECT_TRUE(listed.has_value()) << listed.error().cause;
    return found;
  }
  std::filesystem::path file(std::string_view text) {
    const std::filesystem::path path = maker_.folder() / "finished";
    std::ofstream(path) << text;
    return path;
  }

  Maker maker_;
};

TYPED_TEST_SUITE_P(BlobStoreContract);

TYPED_TEST_P(BlobStoreContract, GivesBackWhatWasWrittenAndTellsItsHashes) {
  const std::string large(3'000'000, 'x');
  auto writer = this->store().create();
  ASSERT_TRUE(writer.has_value()) << writer.error().cause;
  for (std::size_t at = 0; at < large.size(); at += 70'001) {
    const auto part = std::string_view(large).substr(at, 70'001);
    ASSERT_TRUE((*writer)->write(std::as_bytes(std::span(part))).has_value());
  }
  const auto info = (*writer)->finish();
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->bytes, 3'000'000);
  EXPECT_EQ(info->sha256, sha256_hex(large));
  EXPECT_EQ(info->sha1, sha1_hex(large));
  EXPECT_TRUE(this->keys().empty()) << "visible before its commit";
  const BlobKey key = "originals/aa/bb/" + info->sha256;
  ASSERT_TRUE((*writer)->commit(key).has_value());
  EXPECT_EQ(this->get(key), large);
  EXPECT_EQ(this->store().size(key).value(), 3'000'000);
}

TYPED_TEST_P(BlobStoreContract, KeepsAnEmptyBlob) {
  ASSERT_TRUE(this->put("a/empty", "").has_value());
  EXPECT_EQ(this->get("a/empty"), "");
  EXPECT_EQ(this->store().size("a/empty").value(), 0);
}

TYPED_TEST_P(BlobStoreContract, ReadsParts) {
  ASSERT_TRUE(this->put("a/b", "0123456789").has_value());
  EXPECT_EQ(this->store().read("a/b", 3, 4), "3456");
  EXPECT_EQ(this->store().read("a/b", 8, 100), "89");
  EXPECT_EQ(this->store().read("a/b", 10, 1), "");
  EXPECT_EQ(this->store().read("a/b", 1'000, 1), "");
  EXPECT_EQ(this->store().read("a/b", -1, 1).error().code, ErrorCode::invalid);
  EXPECT_EQ(this->store().read("a/b", 0, -1).error().code, ErrorCode::invalid);
}

TYPED_TEST_P(BlobStoreContract, FetchesIntoALocalFile) {
  const auto path = this->maker_.folder() / "fetched";
  EXPECT_EQ(this->store().fetch("a/b", path).error().key, "blob.not-found");
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_TRUE(this->put("a/b", "0123456789").has_value());
  ASSERT_TRUE(this->store().fetch("a/b", path).has_value());
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "0123456789");
  EXPECT_FALSE(this->store().fetch("a/b", path).has_value()) << "never over what is there";
}

TYPED_TEST_P(BlobStoreContract, TellsWhatIsNotThere) {
  EXPECT_EQ(this->store().read("a/b", 0, 1).error().key, "blob.not-found");
  EXPECT_EQ(this->store().read("a/b", 0, 1).error().code, ErrorCode::not_found);
  EXPECT_EQ(this->store().size("a/b").value(), std::nullopt);
  EXPECT_TRUE(this->store().remove("a/b").has_value());
  ASSERT_TRUE(this->put("a/b", "x").has_value());
  EXPECT_EQ(this->store().read("a", 0, 1).error().key, "blob.not-found") << "a folder is no blob";
  EXPECT_EQ(this->store().read("a/b/c", 0, 1).error().key, "blob.not-found");
}

TYPED_TEST_P(BlobStoreContract, RefusesKeysThatLeadElsewhere) {
  const std::vector<BlobKey> bad = {"",          "/etc/passwd", "../x",
                                    "a/../../x", "a//b",        "a/",
                                    ".hid",      "a/.hid",      "A/b",
                                    "a b",       "a\\b",        std::string("a\0b", 3),
                                    "ж",         "a/./b",       std::string(201, 'a')};
  for (const BlobKey& key : bad) {
    EXPECT_EQ(this->put(key, "x").error().key, "blob.bad-key") << key;
    EXPECT_EQ(this->store().read(key, 0, 1).error().key, "blob.bad-key") << key;
    EXPECT_EQ(this->store().size(key).error().key, "blob.bad-key") << key;
    EXPECT_EQ(this->store().remove(key).error().key, "blob.bad-key") << key;
    EXPECT_EQ(this->store().adopt(this->file("x"), key).error().key, "blob.bad-key") << key;
    EXPECT_EQ(this->store().local_path(key), std::nullopt) << key;
  }
  EXPECT_TRUE(this->keys().empty());
}

TYPED_TEST_P(BlobStoreContract, KeepsABlobOfTheSameSizeAndReplacesAnother) {
  ASSERT_TRUE(this->put("a/b", "one").has_value());
  ASSERT_TRUE(this->put("a/b", "two").has_value());
  EXPECT_EQ(this->get("a/b"), "one");
  ASSERT_TRUE(this->put("a/b", "three").has_value());
  EXPECT_EQ(this->get("a/b"), "three");
}

TYPED_TEST_P(BlobStoreContract, DropsWhatWasNotCommitted) {
  {
    auto writer = this->store().create();
    ASSERT_TRUE((*writer)->write(std::as_bytes(std::span(std::string_view("x")))).has_value());
  }
  EXPECT_TRUE(this->keys().empty());
  if (const auto scratch = this->store().scratch(); !scratch.empty()) {
    EXPECT_TRUE(std::filesystem::is_empty(scratch)) << "a temporary file stays";
  }
}

TYPED_TEST_P(BlobStoreContract, TakesOverAFinishedFile) {
  const auto path = this->file("hello");
  ASSERT_TRUE(this->store().adopt(path, "a/b").has_value());
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(this->get("a/b"), "hello");
  const auto again = this->file("HELLO");
  ASSERT_TRUE(this->store().adopt(again, "a/b").has_value());
  EXPECT_FALSE(std::filesystem::exists(again));
  EXPECT_EQ(this->get("a/b"), "hello");
  EXPECT_FALSE(this->store().adopt(path, "a/c").has_value()) << "a file that is not there";
}

TYPED_TEST_P(BlobStoreContract, ListsInKeyOrderBelowAPrefixUntilToldToStop) {
  for (const char* key : {"b/1", "a/b/2", "a/b.txt", "a/b-c/3", "a/c", "a/b/1/x"}) {
    ASSERT_TRUE(this->put(key, "x").has_value());
  }
  EXPECT_EQ(this->keys(), (std::vector<BlobKey>{"a/b-c/3", "a/b.txt", "a/b/1/x", "a/b/2", "a/c", "b/1"}));
  EXPECT_EQ(this->keys("a/b/"), (std::vector<BlobKey>{"a/b/1/x", "a/b/2"}));
  EXPECT_EQ(this->keys("a/b"), (std::vector<BlobKey>{"a/b-c/3", "a/b.txt", "a/b/1/x", "a/b/2"}));
  EXPECT_TRUE(this->keys("z").empty());
  int visited = 0;
  EXPECT_TRUE(this->store()
                  .list("",
                        [&](const BlobEntry& entry) {
                          EXPECT_EQ(entry.bytes, 1);
                          EXPECT_GT(entry.modified_ms, 1'500'000'000'000);
                          return ++visited < 2;
                        })
                  .has_value());
  EXPECT_EQ(visited, 2);
}

TYPED_TEST_P(BlobStoreContract, RemovesOneBlobAndNoOther) {
  ASSERT_TRUE(this->put("a/b/1", "x").has_value());
  ASSERT_TRUE(this->put("a/b/2", "x").has_value());
  ASSERT_TRUE(this->store().remove("a/b/1").has_value());
  EXPECT_EQ(this->keys(), std::vector<BlobKey>{"a/b/2"});
  ASSERT_TRUE(this->store().remove("a/b/2").has_value());
  EXPECT_TRUE(this->keys().empty());
  ASSERT_TRUE(this->put("a/b/1", "y").has_value());
  EXPECT_EQ(this->get("a/b/1"), "y");
}

TYPED_TEST_P(BlobStoreContract, StandsManyThatWriteAndRemoveTheSameAtOnce) {
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([this, t] {
        for (int i = 0; i < 20; ++i) {
          const BlobKey mine = "own/" + std::to_string(t) + "/" + std::to_string(i);
          const auto own = this->put(mine, mine);
          EXPECT_TRUE(own.has_value()) << own.error().cause;
          const auto shared = this->put("shared/a/b", "the same");
          EXPECT_TRUE(shared.has_value()) << shared.error().cause;
          const auto read = this->store().read("shared/a/b", 0, 100);
          EXPECT_TRUE(read ? *read == "the same" : read.error().key == "blob.not-found");
          if (t == 0) {
            EXPECT_TRUE(this->store().remove("shared/a/b").has_value());
          }
        }
      });
    }
  }
  EXPECT_EQ(this->keys("own/").size(), 80U);
}

REGISTER_TYPED_TEST_SUITE_P(BlobStoreContract, GivesBackWhatWasWrittenAndTellsItsHashes, KeepsAnEmptyBlob, ReadsParts,
                            FetchesIntoALocalFile, TellsWhatIsNotThere, RefusesKeysThatLeadElsewhere,
                            KeepsABlobOfTheSameSizeAndReplacesAnother, DropsWhatWasNotCommitted, TakesOverAFinishedFile,
                            ListsInKeyOrderBelowAPrefixUntilToldToStop, RemovesOneBlobAndNoOther,
                            StandsManyThatWriteAndRemoveTheSameAtOnce);

} // namespace mv
