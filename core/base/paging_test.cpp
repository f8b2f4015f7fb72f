#include "core/base/paging.hpp"

#include <gtest/gtest.h>

#include "core/base/encoding.hpp"
#include "core/base/ids.hpp"

namespace mv::paging {
namespace {

TEST(PagingTest, ReadsTheCursorThatItWrote) {
  for (const std::int64_t at : {std::int64_t{1'790'000'000'123}, std::int64_t{-5}}) {
    const Key key{.at = at, .id = new_id()};
    const auto read = read_key(key.to_cursor());
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->at, key.at);
    EXPECT_EQ(read->id, key.id);
  }
  EXPECT_EQ(read_key(std::nullopt)->at, INT64_MAX);
}

TEST(PagingTest, RefusesWhatIsNoCursor) {
  for (const std::string& text :
       {std::string(), std::string("%"), std::string("////"), std::string("MTIz"), std::string(300, 'A'),
        base64url_encode("12"), base64url_encode("12/not-an-id"), base64url_encode("/" + new_id())}) {
    const auto read = read_key(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().key, "request.invalid-query");
  }
}

TEST(PagingTest, TakesOneToTwoHundredAPage) {
  EXPECT_EQ(page_limit(std::nullopt), 50);
  EXPECT_EQ(page_limit(200), 200);
  EXPECT_FALSE(page_limit(0).has_value());
  EXPECT_FALSE(page_limit(201).has_value());
}

} // namespace
} // namespace mv::paging
