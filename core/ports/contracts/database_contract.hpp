#pragma once

// What every Database must do. `Maker` gives `database()`, empty and not shared with another test.

#include <gtest/gtest.h>

#include <algorithm>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/ports/database.hpp"

namespace mv {

inline constexpr Query kInsertNote{"insert_note", "INSERT INTO notes (id, size) VALUES (?1, ?2)"};
inline constexpr Query kCountNotes{"count_notes", "SELECT COUNT(*) FROM notes"};

template <typename Maker>
class DatabaseContract : public testing::Test {
protected:
  void SetUp() override {
    run({"create",
         "CREATE TABLE notes (id TEXT PRIMARY KEY, size BIGINT, weight DOUBLE PRECISION, text TEXT, "
         "parent TEXT REFERENCES notes (id))"});
  }
  Database& database() { return maker_.database(); }
  Result<Rows> try_run(const Query& query, const std::vector<Value>& parameters = {}) {
    return database().transaction([&](Transaction& tx) { return tx.execute(query, parameters); });
  }
  Rows run(const Query& query, const std::vector<Value>& parameters = {}) {
    auto rows = try_run(query, parameters);
    EXPECT_TRUE(rows.has_value()) << rows.error().cause;
    return rows ? *std::move(rows) : Rows{};
  }
  std::int64_t count() {
    auto rows = database().read([](Transaction& tx) { return tx.run(kCountNotes); });
    EXPECT_TRUE(rows.has_value()) << rows.error().cause;
    return rows ? rows->front().integer(0) : -1;
  }

  Maker maker_;
};

TYPED_TEST_SUITE_P(DatabaseContract);

TYPED_TEST_P(DatabaseContract, GivesBackEveryKindOfValue) {
  constexpr Query kInsert{"insert", "INSERT INTO notes (id, size, weight, text) VALUES (?1, ?2, ?3, ?4)"};
  const std::string text = "Бабушка 'и' \"я\"; -- ?1 \n 😀";
  const auto inserted = this->database().transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(kInsert, "whole", INT64_MIN, -0.5, text));
    TRY_OK(tx.run(kInsert, std::string_view("empty"), true, 1e300, ""));
    TRY_OK(tx.run(kInsert, "none", nullptr, std::optional<double>(), std::optional<std::string>()));
    return {};
  });
  ASSERT_TRUE(inserted.has_value()) << inserted.error().cause;
  const Rows rows = this->run({"all", "SELECT id, size, weight, text FROM notes ORDER BY id"});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].text(0), "empty");
  EXPECT_EQ(rows[0].integer(1), 1);
  EXPECT_EQ(rows[0].real(2), 1e300);
  EXPECT_FALSE(rows[0].is_null(3));
  EXPECT_EQ(rows[0].text(3), "");
  EXPECT_TRUE(rows[1].is_null(1));
  EXPECT_EQ(rows[1].integer(1), 0);
  EXPECT_EQ(rows[1].real(2), 0);
  EXPECT_EQ(rows[1].text(3), "");
  EXPECT_EQ(rows[1].maybe_text(3), std::nullopt);
  EXPECT_EQ(rows[2].integer(1), INT64_MIN);
  EXPECT_EQ(rows[2].real(2), -0.5);
  EXPECT_EQ(rows[2].maybe_text(3), text);
}

TYPED_TEST_P(DatabaseContract, TakesPlaceholdersOfBothKindsTwiceAndInAnyOrder) {
  for (const std::string_view sql :
       {"INSERT INTO notes (text, id, size) VALUES ('n' || ?2, ?1, ?2 + 0) RETURNING id, text, size",
        "INSERT INTO notes (text, id, size) VALUES ('n' || $2, $1, $2 + 0) RETURNING id, text, size"}) {
    const Rows rows = this->run({"insert", sql}, {std::string(sql.substr(50, 20)), std::int64_t{7}});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].text(0), sql.substr(50, 20));
    EXPECT_EQ(rows[0].text(1), "n7");
    EXPECT_EQ(rows[0].integer(2), 7);
  }
}

TYPED_TEST_P(DatabaseContract, RefusesTheWrongNumberOfParameters) {
  EXPECT_EQ(this->try_run(kInsertNote, {std::string("a")}).error().code, ErrorCode::internal);
  EXPECT_EQ(this->try_run(kCountNotes, {std::string("a")}).error().code, ErrorCode::internal);
}

TYPED_TEST_P(DatabaseContract, RefusesATextThatHoldsANul) {
  const auto refused = this->try_run(kInsertNote, {std::string("a\0b", 3), std::int64_t{1}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::invalid);
  EXPECT_EQ(refused.error().key, "database.text");
  EXPECT_EQ(this->count(), 0);
}

TYPED_TEST_P(DatabaseContract, RunsOneStatementAlone) {
  const auto rows = this->database().execute_alone(
      {"alone", "INSERT INTO notes (id, size) VALUES (?1, ?2) RETURNING size"}, {std::string("a"), std::int64_t{7}});
  ASSERT_TRUE(rows.has_value()) << rows.error().cause;
  EXPECT_EQ(rows->front().integer(0), 7);
  EXPECT_EQ(this->database().execute_alone(kInsertNote, {std::string("a"), std::int64_t{7}}).error().key,
            "database.constraint");
  EXPECT_EQ(this->count(), 1);
}

TYPED_TEST_P(DatabaseContract, ReadsByOneStatementAndWritesByNone) {
  constexpr Query kSizes{"sizes", "SELECT size FROM notes WHERE size > ?1"};
  for (std::int64_t size = 1; size <= 3; ++size) {
    this->run(kInsertNote, {std::to_string(size), size});
    const auto rows = this->database().read_one(kSizes, 0);
    ASSERT_TRUE(rows.has_value()) << rows.error().cause;
    EXPECT_EQ(rows->size(), static_cast<std::size_t>(size)) << "what was committed before is seen";
    EXPECT_FALSE(this->database().read_one(kInsertNote, "refused", size).has_value());
    EXPECT_FALSE(
        this->database().read_one({"remove", "DELETE FROM notes WHERE size > ?1 RETURNING size"}, 0).has_value());
  }
  EXPECT_EQ(this->count(), 3);
  EXPECT_EQ(this->database().read_one(kSizes, std::string("a\0b", 3)).error().key, "database.text");
  const auto inner = this->database().transaction([&](Transaction&) { return this->database().read_one(kSizes, 0); });
  ASSERT_FALSE(inner.has_value());
  EXPECT_EQ(inner.error().key, "database.nested");
}

TYPED_TEST_P(DatabaseContract, RollsBackOnAnErrorAndOnAThrow) {
  const auto refused = this->database().transaction([](Transaction& tx) -> Result<int> {
    TRY_OK(tx.run(kInsertNote, "a", 1));
    return fail(ErrorCode::forbidden, "test.refused");
  });
  EXPECT_EQ(refused.error().key, "test.refused");
  EXPECT_THROW((void)this->database().transaction([](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(kInsertNote, "a", 1));
    throw std::runtime_error("bang");
  }),
               std::runtime_error);
  EXPECT_EQ(this->count(), 0);
  this->run(kInsertNote, {std::string("a"), std::int64_t{1}});
  EXPECT_EQ(this->count(), 1);
}

TYPED_TEST_P(DatabaseContract, TellsABrokenConstraintFromOtherMistakes) {
  this->run(kInsertNote, {std::string("a"), std::int64_t{1}});
  const auto twice = this->try_run(kInsertNote, {std::string("a"), std::int64_t{2}});
  ASSERT_FALSE(twice.has_value());
  EXPECT_EQ(twice.error().code, ErrorCode::conflict);
  EXPECT_EQ(twice.error().key, "database.constraint");
  const auto orphan = this->try_run({"orphan", "INSERT INTO notes (id, parent) VALUES ('b', 'nobody')"});
  ASSERT_FALSE(orphan.has_value());
  EXPECT_EQ(orphan.error().key, "database.constraint");
  const auto nonsense = this->try_run({"nonsense", "SELEKT 1"});
  ASSERT_FALSE(nonsense.has_value());
  EXPECT_EQ(nonsense.error().code, ErrorCode::internal);
  EXPECT_NE(nonsense.error().cause.find("nonsense"), std::string::npos) << "the query is not named";
}

TYPED_TEST_P(DatabaseContract, CommitsNothingAfterAFailedStatement) {
  const auto outcome = this->database().transaction([](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(kInsertNote, "a", 1));
    EXPECT_FALSE(tx.run(kInsertNote, "a", 2).has_value());
    EXPECT_FALSE(tx.run(kInsertNote, "b", 2).has_value());
    return {}; // as if nothing had happened
  });
  EXPECT_FALSE(outcome.has_value());
  EXPECT_EQ(this->count(), 0);
}

TYPED_TEST_P(DatabaseContract, WritesNothingInsideARead) {
  const auto outcome = this->database().read([](Transaction& tx) { return tx.run(kInsertNote, "a", 1); });
  EXPECT_FALSE(outcome.has_value());
  EXPECT_EQ(this->count(), 0);
}

TYPED_TEST_P(DatabaseContract, ReadsOneSnapshotWhileOthersWrite) {
  std::latch read_once(1);
  std::latch written(1);
  std::jthread writer([&] {
    read_once.wait();
    this->run(kInsertNote, {std::string("a"), std::int64_t{1}});
    written.count_down();
  });
  const auto outcome = this->database().read([&](Transaction& tx) -> Result<std::int64_t> {
    TRY(const Rows before, tx.run(kCountNotes));
    EXPECT_EQ(before.front().integer(0), 0);
    read_once.count_down();
    written.wait(); // the write does not wait for the read
    TRY(const Rows after, tx.run(kCountNotes));
    return after.front().integer(0);
  });
  EXPECT_EQ(outcome, 0);
  EXPECT_EQ(this->count(), 1);
}

TYPED_TEST_P(DatabaseContract, LosesNoUpdateOfManyThreads) {
  this->run(kInsertNote, {std::string("a"), std::int64_t{0}});
  constexpr int kThreads = 4;
  constexpr int kEach = 25;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([this] {
        for (int i = 0; i < kEach; ++i) {
          const auto done = this->database().transaction([](Transaction& tx) -> Result<void> {
            TRY(const Rows rows, tx.run({"get", "SELECT size FROM notes WHERE id = 'a'"}));
            TRY_OK(tx.run({"set", "UPDATE notes SET size = ?1 WHERE id = 'a'"}, rows.front().integer(0) + 1));
            return {};
          });
          EXPECT_TRUE(done.has_value()) << done.error().cause;
          EXPECT_GE(this->count(), 1);
        }
      });
    }
  }
  EXPECT_EQ(this->run({"get", "SELECT size FROM notes"}).front().integer(0), kThreads * kEach);
}

TYPED_TEST_P(DatabaseContract, RefusesACallFromInsideTheWorkOfAnother) {
  const auto outcome = this->database().transaction([this](Transaction&) -> Result<void> {
    EXPECT_EQ(this->database().read([](Transaction& tx) { return tx.run(kCountNotes); }).error().key,
              "database.nested");
    return this->database().transaction([](Transaction&) -> Result<void> { return {}; });
  });
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().key, "database.nested");
  EXPECT_EQ(this->count(), 0) << "and goes on afterwards";
}

TYPED_TEST_P(DatabaseContract, StandsQueryTextsThatAreBuiltAtRunTime) {
  // The same memory with another text must not find the statement of the first.
  std::string text = "SELECT 1";
  for (int i = 1; i <= 5; ++i) {
    text.back() = static_cast<char>('0' + i);
    EXPECT_EQ(this->run({"built", text}).front().integer(0), i);
  }
  for (int i = 0; i < 400; ++i) {
    EXPECT_EQ(this->run({"built", "SELECT " + std::to_string(i)}).front().integer(0), i);
  }
}

REGISTER_TYPED_TEST_SUITE_P(DatabaseContract, GivesBackEveryKindOfValue, TakesPlaceholdersOfBothKindsTwiceAndInAnyOrder,
                            RefusesTheWrongNumberOfParameters, RefusesATextThatHoldsANul, RunsOneStatementAlone,
                            ReadsByOneStatementAndWritesByNone, RollsBackOnAnErrorAndOnAThrow,
                            TellsABrokenConstraintFromOtherMistakes, CommitsNothingAfterAFailedStatement,
                            WritesNothingInsideARead, ReadsOneSnapshotWhileOthersWrite, LosesNoUpdateOfManyThreads,
                            RefusesACallFromInsideTheWorkOfAnother, StandsQueryTextsThatAreBuiltAtRunTime);

} // namespace mv
