#include "core/figures/figures.hpp"

#include <gtest/gtest.h>

#include "core/accounts/home_fixture.hpp"
#include "core/adapters/jobs/queue.hpp"
#include "core/memories/service.hpp"

namespace mv::figures {
namespace {

class FiguresTest : public test::HomeTest {
protected:
  /// The value of a series as it is rendered, or "" when there is none.
  std::string shown(const std::string& series) {
    const std::string text = metrics_.render();
    const auto start = text.find('\n' + series + ' ');
    if (start == std::string::npos) return "";
    const auto value = start + series.size() + 2;
    return text.substr(value, text.find('\n', value) - value);
  }
  Memory story(const SignedIn& author, std::string_view privacy) {
    return test::must(
        memories_.create(author.user.id, {.space_id = {},
                                          .collection_id = {},
                                          .type = MemoryType::story,
                                          .title = "At the sea",
                                          .description = {},
                                          .tags = {},
                                          .date = "2019-07",
                                          .confidence = {},
                                          .place = {},
                                          .privacy = privacy == "private" ? Privacy::only_me : Privacy::space}));
  }
  void medium(const Memory& memory, const std::string& id, const std::string& state, std::int64_t bytes) {
    test::must(db_->transaction([&](Transaction& tx) -> Result<void> {
      static constexpr Query kInsert{
          "insert_test_medium",
          "INSERT INTO media_items (id, memory_id, scope, position, mime_type, file_name, bytes, sha256, sha1, state, "
          "metadata, created_at) VALUES (?1, ?2, 's', 0, 'image/png', 'a.png', ?3, ?1, 'x', ?4, '{}', 0)"};
      TRY_OK(tx.run(kInsert, id, memory.id, bytes, state));
      return {};
    }));
  }
  void add_job(const JobDraft& job) {
    test::must(db_->transaction([&](Transaction& tx) { return jobs_.add(tx, job); }));
  }

  Metrics metrics_;
  jobs::DatabaseJobQueue jobs_{*db_, clock_};
  memories::MemoryService memories_{*db_, clock_};
  Figures figures_{*db_, jobs_, clock_, metrics_};
};

TEST_F(FiguresTest, CountsAnEmptyHomeAsZero) {
  test::must(figures_.refresh());
  EXPECT_EQ(shown(R"(memoryverse_memories{type="photo"})"), "0");
  EXPECT_EQ(shown(R"(memoryverse_media{state="failed"})"), "0");
  EXPECT_EQ(shown("memoryverse_originals_bytes"), "0");
  EXPECT_EQ(shown(R"(memoryverse_active_people{window="1d"})"), "0");
}

TEST_F(FiguresTest, CountsMemoriesMediaAndBytes) {
  const SignedIn anna = person("Anna");
  const Memory first = story(anna, "space");
  story(anna, "private");
  medium(first, "m1", "ready", 5'000'000'000);
  medium(first, "m2", "failed", 7);
  test::must(figures_.refresh());
  EXPECT_EQ(shown(R"(memoryverse_memories{type="story"})"), "2");
  EXPECT_EQ(shown(R"(memoryverse_memories{type="photo"})"), "0");
  EXPECT_EQ(shown(R"(memoryverse_media{state="ready"})"), "1");
  EXPECT_EQ(shown(R"(memoryverse_media{state="failed"})"), "1");
  EXPECT_EQ(shown("memoryverse_originals_bytes"), "5000000007");
}

TEST_F(FiguresTest, CountsWhoUsedASessionLately) {
  person("Anna");
  clock_.advance(3 * kDay);
  const SignedIn boris = person("Boris");
  // Two sessions of one person are one active person.
  test::must(accounts_->login({.email = boris.user.email, .password = std::string(test::kPassword)}, device_));
  test::must(figures_.refresh());
  EXPECT_EQ(shown("memoryverse_people"), "2");
  EXPECT_EQ(shown("memoryverse_spaces"), "2");
  EXPECT_EQ(shown(R"(memoryverse_active_people{window="1d"})"), "1");
  EXPECT_EQ(shown(R"(memoryverse_active_people{window="7d"})"), "2");
}

TEST_F(FiguresTest, ShowsHowLongJobsWaitAndForgetsThemWhenTheyAreDone) {
  add_job({.kind = "media.quick", .payload = "1"});
  clock_.advance(2 * kMinute);
  add_job({.kind = "media.quick", .payload = "2"});
  add_job({.kind = "media.full", .payload = "3", .run_at = clock_.now() + kHour});
  test::must(figures_.refresh());
  EXPECT_EQ(shown(R"(memoryverse_jobs{kind="media.quick",state="waiting"})"), "2");
  EXPECT_EQ(shown(R"(memoryverse_jobs_oldest_wait_seconds{kind="media.quick"})"), "120");
  EXPECT_EQ(shown(R"(memoryverse_jobs_oldest_wait_seconds{kind="media.full"})"), "0") << "it was added just now";
  const auto job = test::must(jobs_.claim({"media.quick"}, kMinute));
  test::must(figures_.refresh());
  EXPECT_EQ(shown(R"(memoryverse_jobs{kind="media.quick",state="running"})"), "1");
  test::must(jobs_.complete(*job));
  test::must(jobs_.complete(*test::must(jobs_.claim({"media.quick"}, kMinute))));
  test::must(figures_.refresh());
  EXPECT_EQ(shown(R"(memoryverse_jobs{kind="media.quick",state="waiting"})"), "0");
  EXPECT_EQ(shown(R"(memoryverse_jobs{kind="media.quick",state="running"})"), "0");
  EXPECT_EQ(shown(R"(memoryverse_jobs_oldest_wait_seconds{kind="media.quick"})"), "0");
}

} // namespace
} // namespace mv::figures
