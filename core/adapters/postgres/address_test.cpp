#include "core/adapters/postgres/address.hpp"

#include <gtest/gtest.h>

#include "core/adapters/postgres/placeholders.hpp"

namespace mv::postgres {
namespace {

TEST(PostgresAddressTest, ShowsNoPassword) {
  const auto address =
      Address::parse("postgresql://anna:p%40ss@word@db.home:5433/family?sslmode=require&password=other").value();
  EXPECT_EQ(address.shown(), "postgresql://anna:***@db.home:5433/family");
  EXPECT_EQ(address.redact("no p@ss@word nor p%40ss@word,\n\tnor other one\n"), "no *** nor ***, nor *** one");
  EXPECT_TRUE(address.connection_text().starts_with("postgresql://anna:p%40ss@word@db.home:5433/family?sslmode="));
}

TEST(PostgresAddressTest, LimitsHowLongTheNetworkMayTakeUnlessToldOtherwise) {
  const auto plain = Address::parse("postgres:///family").value();
  EXPECT_TRUE(plain.connection_text().starts_with("postgres:///family?connect_timeout=5&application_name="));
  const auto told = Address::parse("postgresql://db/family?connect_timeout=60").value();
  EXPECT_EQ(told.connection_text().find("connect_timeout=5"), std::string::npos);
}

TEST(PostgresAddressTest, RefusesWhatIsNoAddress) {
  for (const std::string_view wrong : {"", "postgres", "mysql://db/x", "host=db user=x"}) {
    EXPECT_EQ(Address::parse(wrong).error().key, "database.address") << wrong;
  }
  EXPECT_FALSE(Address::parse(std::string_view("postgresql://db/a\0b", 19)).has_value());
}

TEST(PlaceholdersTest, NamesTheTypeOfEachValue) {
  const auto kinds = kinds_of({Value(nullptr), Value(std::int64_t{1}), Value(0.5), Value(std::string("x"))});
  EXPECT_EQ(write_placeholders("SELECT ?2, $4, ?1, ?3 + ?2", kinds).value(),
            "SELECT $2::bigint, $4::text, $1, $3::double precision + $2::bigint");
}

TEST(PlaceholdersTest, LeavesQuotesAndCommentsAlone) {
  const auto kinds = kinds_of({Value(std::string("x"))});
  const std::string_view sql = "SELECT '?2 ''?3', \"?4\", ?1 -- ?5\n, /* ?6 */ a->'b' ? 'c'";
  EXPECT_EQ(write_placeholders(sql, kinds).value(),
            "SELECT '?2 ''?3', \"?4\", $1::text -- ?5\n, /* ?6 */ a->'b' ? 'c'");
}

TEST(PlaceholdersTest, CountsParameters) {
  EXPECT_EQ(write_placeholders("SELECT ?2", kinds_of({Value(nullptr)})).error().code, ErrorCode::internal);
  EXPECT_EQ(write_placeholders("SELECT 1", kinds_of({Value(nullptr)})).error().code, ErrorCode::internal);
}

TEST(PlaceholdersTest, LetsNullStandForAnything) {
  EXPECT_TRUE(fits({Kind::text, Kind::integer}, {Kind::unknown, Kind::integer}));
  EXPECT_FALSE(fits({Kind::unknown, Kind::integer}, {Kind::text, Kind::integer}));
  EXPECT_FALSE(fits({Kind::integer}, {Kind::real}));
}

} // namespace
} // namespace mv::postgres
