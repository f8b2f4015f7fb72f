#pragma once

// What the cache of replies promises on each engine. `Home` has `database()`, with the product's schema.

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <thread>

#include "backend/replies/reply_cache.hpp"
#include "core/adapters/inprocess/inprocess_event_bus.hpp"
#include "core/events/outbox.hpp"
#include "core/spaces/view.hpp"

namespace mv::test {

/// Keeps everything for ever, and does something when it is asked.
class WatchedCache final : public Cache {
public:
  std::shared_ptr<const std::string> find(std::string_view key) override {
    if (on_find) std::exchange(on_find, nullptr)();
    const auto found = kept_.find(key);
    return found == kept_.end() ? nullptr : found->second;
  }
  void keep(std::string_view key, std::shared_ptr<const std::string> value) override {
    kept_[std::string(key)] = std::move(value);
  }
  [[nodiscard]] std::size_t size() const { return kept_.size(); }

  std::function<void()> on_find;

private:
  std::map<std::string, std::shared_ptr<const std::string>, std::less<>> kept_;
};

template <class Home>
class ReplyCacheTest : public testing::Test {
protected:
  void SetUp() override {
    run("CREATE TABLE toys (name TEXT NOT NULL)");
    run("INSERT INTO toys (name) VALUES ('bear')");
    for (const std::string user : {"anna", "boris"}) {
      run("INSERT INTO users (id, email, email_key, name, password_hash, locale, created_at, updated_at) VALUES ('" +
          user + "', '" + user + "', '" + user + "', '" + user + "', 'x', 'ru', 0, 0)");
      run("INSERT INTO spaces (id, kind, title, created_by, version, created_at, updated_at) VALUES ('of " + user +
          "', 'personal', 'x', '" + user + "', 1, 0, 0)");
      run("INSERT INTO space_members (space_id, user_id, role, joined_at) VALUES ('of " + user + "', '" + user +
          "', 'owner', 0)");
    }
    happens("of somebody else");
  }

  void run(const std::string& text) {
    const auto done = db_.execute_alone({text, text}, {});
    ASSERT_TRUE(done.has_value()) << text << ": " << done.error().cause;
  }
  void happens(const std::string& space_id, const std::string& type = "memory.updated", TimeMs at = 1'000) {
    ASSERT_TRUE(db_.transaction(
        [&](Transaction& tx) { return events::Outbox(tx).add({.type = type, .space_id = space_id, .at = at}); }));
  }
  /// A change as services make it: what people see and the event in one transaction.
  void rename_toy(const std::string& name) {
    ASSERT_TRUE(db_.transaction([&](Transaction& tx) -> Result<void> {
      TRY_OK(tx.run(Query{"rename_toy", "UPDATE toys SET name = ?1"}, name));
      return events::Outbox(tx).add({.type = "memory.updated", .space_id = "of anna", .at = 1'000});
    }));
  }
  /// A service: it has never heard of caches.
  Result<std::string> toy() {
    return db_.read([](Transaction& tx) -> Result<std::string> {
      TRY(const Rows rows, tx.run(Query{"read_toy", "SELECT name FROM toys"}));
      return rows.front().text(0);
    });
  }
  static Result<std::shared_ptr<const std::string>> find_or_make(DatabaseReplyCache& replies, const std::string& user,
                                                                 const std::string& asked,
                                                                 const std::function<Result<std::string>()>& make) {
    std::string made;
    const auto read = [&]() -> Result<void> {
      TRY(made, make());
      return {};
    };
    return replies.find_or_make(user, asked, read, [&] { return made; });
  }
  std::string ask(const std::string& asked = "toys", const std::string& user = "anna") {
    const auto reply = find_or_make(replies_, user, asked, [&] {
      ++made_;
      return toy();
    });
    return reply ? **reply : reply.error().key;
  }
  /// How often the reply was made for this asking.
  int made(const std::string& asked = "toys", const std::string& user = "anna") {
    const int before = made_;
    ask(asked, user);
    return made_ - before;
  }

  Home home_;
  inprocess::InprocessEventBus bus_;
  events::NotifyingDatabase notifying_{home_.database(), bus_};
  JoiningDatabase db_{notifying_};
  WatchedCache cache_;
  Metrics metrics_;
  DatabaseReplyCache replies_{db_, cache_, "today", metrics_};
  int made_ = 0;
};
TYPED_TEST_SUITE_P(ReplyCacheTest);

TYPED_TEST_P(ReplyCacheTest, MakesAReplyOnceUntilSomethingHappens) {
  EXPECT_EQ(this->made(), 1);
  EXPECT_EQ(this->made(), 0);
  EXPECT_EQ(this->made("toys?limit=2"), 1) << "another question";
  EXPECT_EQ(this->made("toys", "boris"), 1) << "another reader";
  EXPECT_EQ(this->made() + this->made("toys?limit=2") + this->made("toys", "boris"), 0);

  this->happens("of anna");
  EXPECT_EQ(this->made(), 1);
  EXPECT_EQ(this->made("toys?limit=2"), 1);
  EXPECT_EQ(this->made("toys", "boris"), 0) << "it was no concern of theirs";
  EXPECT_EQ(this->made(), 0);

  this->happens(std::string(spaces::kEveryone), std::string(spaces::kPersonRenamed));
  EXPECT_EQ(this->made(), 1);
  EXPECT_EQ(this->made("toys", "boris"), 1);
}

TYPED_TEST_P(ReplyCacheTest, MindsNobodyWhoComesOrGoes) {
  this->happens("of anna");
  EXPECT_EQ(this->made(), 1);
  this->happens("of anna", "user.activity");
  EXPECT_EQ(this->made(), 0);
}

TYPED_TEST_P(ReplyCacheTest, SeesARoleOrASpaceChange) {
  this->ask();
  this->run("UPDATE space_members SET role = 'viewer' WHERE user_id = 'anna'");
  EXPECT_EQ(this->made(), 1);
  this->run("INSERT INTO space_members (space_id, user_id, role, joined_at) VALUES ('of boris', 'anna', 'viewer', 0)");
  EXPECT_EQ(this->made(), 1);
  this->happens("of boris");
  EXPECT_EQ(this->made(), 1);
  this->run("DELETE FROM space_members WHERE user_id = 'anna' AND space_id = 'of boris'");
  EXPECT_EQ(this->made(), 0) << "as it was before";
}

TYPED_TEST_P(ReplyCacheTest, KeepsNoRefusal) {
  const auto refuse = [&] {
    ++this->made_;
    return Result<std::string>(fail(ErrorCode::not_found, "space.not-found"));
  };
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(this->find_or_make(this->replies_, "anna", "toys", refuse).error().key, "space.not-found");
  EXPECT_EQ(this->made_, 2);
  EXPECT_EQ(this->cache_.size(), 0U);
}

TYPED_TEST_P(ReplyCacheTest, RefusesToWriteOnTheWay) {
  const auto write = [&]() -> Result<std::string> {
    TRY_OK(this->db_.transaction([](Transaction& tx) -> Result<void> {
      TRY_OK(tx.run(Query{"rename_toys", "UPDATE toys SET name = 'x'"}));
      return {};
    }));
    return "written";
  };
  EXPECT_EQ(this->find_or_make(this->replies_, "anna", "toys", write).error().key, "database.nested");
  EXPECT_EQ(this->ask(), "bear");
}

TYPED_TEST_P(ReplyCacheTest, AnswersByWhatItReadWhenSomethingHappensBetween) {
  // After the version was read, and before the reply is made.
  this->cache_.on_find = [&] { this->rename_toy("rabbit"); };
  EXPECT_EQ(this->ask(), "rabbit");
  EXPECT_EQ(this->made(), 0) << "it was kept as what it is";
  this->rename_toy("fox");
  EXPECT_EQ(this->ask(), "fox");
}

TYPED_TEST_P(ReplyCacheTest, NeverKeepsAnOldReplyAsANewOne) {
  // While the reply is made: it is of the state before, and so must its key be.
  const auto reply = this->find_or_make(this->replies_, "anna", "toys", [&]() -> Result<std::string> {
    std::jthread([&] { this->rename_toy("rabbit"); }).join();
    return this->toy();
  });
  ASSERT_TRUE(reply.has_value()) << reply.error().cause;
  EXPECT_EQ(**reply, "bear");
  EXPECT_EQ(this->ask(), "rabbit");
}

TYPED_TEST_P(ReplyCacheTest, IsRightWhenEventsAreForgotten) {
  this->happens("of boris", "memory.updated", 1'000);
  EXPECT_EQ(this->ask(), "bear"); // nothing is known of Anna's space
  this->rename_toy("rabbit");     // at 1,000
  this->happens("of boris", "memory.updated", 9'000);
  ASSERT_TRUE(this->db_.transaction([](Transaction& tx) { return events::Outbox(tx).prune(5'000); }));
  EXPECT_EQ(this->ask(), "rabbit") << "nothing is known of Anna's space again, and yet it is not as it was";
  EXPECT_EQ(this->made(), 0);
}

TYPED_TEST_P(ReplyCacheTest, TellsReleasesApart) {
  this->ask();
  DatabaseReplyCache next(this->db_, this->cache_, "tomorrow", this->metrics_);
  const auto reply = this->find_or_make(next, "anna", "toys", [] { return Result<std::string>("in a new form"); });
  EXPECT_EQ(**reply, "in a new form");
  EXPECT_EQ(this->made(), 0);
}

REGISTER_TYPED_TEST_SUITE_P(ReplyCacheTest, MakesAReplyOnceUntilSomethingHappens, MindsNobodyWhoComesOrGoes,
                            SeesARoleOrASpaceChange, KeepsNoRefusal, RefusesToWriteOnTheWay,
                            AnswersByWhatItReadWhenSomethingHappensBetween, NeverKeepsAnOldReplyAsANewOne,
                            IsRightWhenEventsAreForgotten, TellsReleasesApart);

} // namespace mv::test
