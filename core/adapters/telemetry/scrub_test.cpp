#include "core/adapters/telemetry/scrub.hpp"

#include <gtest/gtest.h>

#include "core/adapters/telemetry/sentry_dsn.hpp"

namespace mv::telemetry {
namespace {

TEST(ScrubTest, KeepsOurOwnWords) {
  EXPECT_EQ(scrub("Cannot roll back: disk is full"), "Cannot roll back: disk is full");
  EXPECT_EQ(scrub("insert_memory: UNIQUE constraint failed"), "insert_memory: UNIQUE constraint failed");
  EXPECT_EQ(scrub(""), "");
}

TEST(ScrubTest, TakesOutWhatMayBeSomebodys) {
  EXPECT_EQ(scrub("no such user anna@example.org here"), "no such user … here");
  EXPECT_EQ(scrub("open /data/files/originals/ab/photo.jpg: denied"), "open … denied");
  EXPECT_EQ(scrub("peer 192.0.2.17:443 closed"), "peer … closed");
  EXPECT_EQ(scrub("memory 0190a000-0000-7000-8000-000000000000 is odd"), "memory … is odd");
  EXPECT_EQ(scrub("owner Anna Petrovna was here"), "owner … was here");
  EXPECT_EQ(scrub("title Лето на даче is bad"), "title … is bad");
  EXPECT_EQ(scrub("called +49 151 2345678 twice"), "called … twice");
  EXPECT_EQ(scrub("token=secret given"), "… given");
  EXPECT_EQ(scrub("failed (Anna, 7)"), "failed …");
}

TEST(ScrubTest, TakesOutWhatIsQuotedHoweverItIsQuoted) {
  EXPECT_EQ(scrub("bad value \"our secret garden\" given"), "bad value … given");
  EXPECT_EQ(scrub("bad value 'our secret garden' given"), "bad value … given");
  EXPECT_EQ(scrub("bad value `our secret garden` given"), "bad value … given");
  EXPECT_EQ(scrub("bad value «our secret garden» given"), "bad value … given");
  // A quote inside of what is quoted ends nothing.
  EXPECT_EQ(scrub(R"(bad value "our" secret "garden" given)"), "bad value … given");
  EXPECT_EQ(scrub("bad value \"our secret garden"), "bad value …");
}

TEST(ScrubTest, IsShort) {
  std::string text = std::string(100'000, 'a');
  for (int i = 0; i < 1000; ++i)
    text += " word";
  EXPECT_LT(scrub(text).size(), 250U);
}

TEST(SentryDsnTest, ReadsWhatSentryShows) {
  const auto dsn = parse_sentry_dsn(Secret("https://abc123@sentry.example/7"));
  ASSERT_TRUE(dsn);
  EXPECT_EQ(dsn->envelope_url, "https://sentry.example/api/7/envelope/");
  EXPECT_EQ(dsn->public_key, "abc123");
  const auto deep = parse_sentry_dsn(Secret("http://abc:old-secret@127.0.0.1:9000/errors/42"));
  ASSERT_TRUE(deep);
  EXPECT_EQ(deep->envelope_url, "http://127.0.0.1:9000/errors/api/42/envelope/");
  EXPECT_EQ(deep->public_key, "abc");
}

TEST(SentryDsnTest, SaysWhatIsWrongWithoutRepeatingIt) {
  for (const std::string text :
       {"", "sentry.example", "https://sentry.example/7", "https://@sentry.example/7", "https://key@sentry.example",
        "https://key@sentry.example/", "https://key@/7", "https://key@sentry.example/seven",
        "ftp://key@sentry.example/7", "https://k\r\ney@sentry.example/7"}) {
    const auto dsn = parse_sentry_dsn(Secret(text));
    ASSERT_FALSE(dsn) << text;
    EXPECT_FALSE(dsn.error().cause.contains("key@")) << dsn.error().cause;
  }
}

} // namespace
} // namespace mv::telemetry
