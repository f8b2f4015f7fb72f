// What a server that answers may refuse for everything that is asked of it: rights and writes.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <format>
#include <latch>
#include <stdexcept>
#include <thread>

#include "core/adapters/postgres/database.hpp"
#include "core/adapters/postgres/test_statements.hpp"
#include "core/testing/postgres_server.hpp"

namespace mv::postgres {
namespace {

using test::PostgresServer;

std::unique_ptr<PostgresDatabase> open(const std::string& url) {
  auto opened = PostgresDatabase::open(url, {.connections = 1});
  if (!opened) throw std::runtime_error(opened.error().cause);
  return *std::move(opened);
}

/// A database, and the addresses of it for its owner and for a user who has no right in it.
class PostgresRefusalsTest : public testing::Test {
protected:
  PostgresRefusalsTest() {
    server_.run("postgres", "DROP ROLE IF EXISTS guest");
    server_.run("postgres", "CREATE ROLE guest LOGIN PASSWORD 'autumn'");
    guest_ = "postgresql://guest:autumn@127.0.0.1:" + std::to_string(server_.port()) + "/" + name_;
  }
  ~PostgresRefusalsTest() override {
    server_.drop_database(url_);
    server_.run("postgres", "DROP ROLE guest");
  }

  PostgresServer& server_ = PostgresServer::shared();
  std::string url_ = server_.make_database();
  std::string name_ = PostgresServer::name_in(url_);
  std::string guest_;
};

TEST_F(PostgresRefusalsTest, TellsOfAMissingRightAndGoesOnWithItsConnection) {
  server_.run(name_, "CREATE TABLE a (x BIGINT)");
  const auto database = open(guest_);
  const auto process = integer(*database, "SELECT pg_backend_pid()").value();
  for (const auto& refused :
       {write(*database, "CREATE TABLE b (x BIGINT)"), write(*database, "INSERT INTO a VALUES (1)"),
        database->execute_alone({"alone", "INSERT INTO a VALUES (1)"}, {})}) {
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::internal) << "it will not pass by itself: " << refused.error().cause;
    EXPECT_EQ(refused.error().key, "database.failed");
    EXPECT_TRUE(refused.error().cause.contains("(42501); the user must own the database")) << refused.error().cause;
  }
  EXPECT_EQ(integer(*database, "SELECT pg_backend_pid()"), process) << "it was not lost";
}

TEST_F(PostgresRefusalsTest, TellsAUserWhoMayNotEvenConnectWhatToDo) {
  server_.run(name_, "REVOKE CONNECT ON DATABASE " + name_ + " FROM PUBLIC");
  const auto opened = PostgresDatabase::open(guest_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_TRUE(opened.error().cause.contains("permission denied")) << opened.error().cause;
  EXPECT_TRUE(opened.error().cause.ends_with("; the user must own the database")) << opened.error().cause;
}

/// Stands for a server that speaks no English: whoever connects is refused with a code and words of its own.
class ForeignServer {
public:
  explicit ForeignServer(const std::string& state) {
    sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof address;
    auto* const place = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, place, size) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, place, &size) != 0)
      throw std::runtime_error("cannot listen");
    url_ =
        std::format("postgresql://mv:x@127.0.0.1:{}/house?sslmode=disable&gssencmode=disable", ntohs(address.sin_port));
    const std::string fields =
        std::string("SВАЖНО") + '\0' + "VFATAL" + '\0' + "C" + state + '\0' + "Mвход закрыт" + '\0' + '\0';
    const std::string answer = std::string("E") + std::string(3, '\0') + static_cast<char>(4 + fields.size()) + fields;
    thread_ = std::thread([this, answer] {
      for (int person = -1; (person = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(person)) {
        std::array<char, 1024> hello{};
        if (::read(person, hello.data(), hello.size()) > 0) ::send(person, answer.data(), answer.size(), MSG_NOSIGNAL);
      }
    });
  }
  ~ForeignServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  ForeignServer(const ForeignServer&) = delete;
  ForeignServer& operator=(const ForeignServer&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }

private:
  int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string url_;
  std::thread thread_;
};

TEST_F(PostgresRefusalsTest, KnowsWhatToDoWhateverLanguageTheServerSpeaks) {
  const auto refusal = [](const std::string& state) {
    const ForeignServer server(state);
    return PostgresDatabase::open(server.url()).error().cause;
  };
  EXPECT_TRUE(refusal("28P01").contains("вход закрыт; check user and password")) << refusal("28P01");
  EXPECT_TRUE(refusal("3D000").contains("create it first")) << refusal("3D000");
  EXPECT_TRUE(refusal("53300").contains("raise max_connections")) << refusal("53300");
  EXPECT_TRUE(refusal("XX000").contains("check the address")) << refusal("XX000");

  const ForeignServer replica("28P01");
  const auto opened = PostgresDatabase::open(url_, {.replicas = {replica.url()}});
  ASSERT_FALSE(opened.has_value()) << "a wrong password does not pass by itself";
  EXPECT_EQ(opened.error().key, "database.replica");
}

TEST_F(PostgresRefusalsTest, SaysThatTheServerTakesNoWritesForAsLongAsItTakesNone) {
  server_.run(name_, "CREATE TABLE a (x BIGINT)");
  server_.run("postgres", "ALTER DATABASE " + name_ + " SET default_transaction_read_only = on");
  const auto database = open(url_);
  const auto refused = write(*database, "INSERT INTO a VALUES (1)");
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_EQ(refused.error().key, "database.read-only");
  EXPECT_EQ(integer(*database, "SELECT COUNT(*) FROM a"), 0) << "reads go on";
  const auto checked = database->check();
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().key, "database.read-only");
  EXPECT_EQ(checked.error().cause.find(PostgresServer::password()), std::string::npos);

  // The connections of that time would refuse for as long as they are open.
  server_.run("postgres", "ALTER DATABASE " + name_ + " RESET default_transaction_read_only");
  ASSERT_EQ(integer(*database, "SELECT current_setting('default_transaction_read_only') = 'on'"), 1);
  EXPECT_FALSE(write(*database, "INSERT INTO a VALUES (1)").has_value());
  EXPECT_TRUE(write(*database, "INSERT INTO a VALUES (1)").has_value());
  EXPECT_TRUE(database->check().has_value());
}

TEST_F(PostgresRefusalsTest, RefusesOneWriteForAllConnectionsOfWhenTheServerTookNone) {
  server_.run(name_, "CREATE TABLE a (x BIGINT)");
  server_.run("postgres", "ALTER DATABASE " + name_ + " SET default_transaction_read_only = on");
  const auto database = PostgresDatabase::open(url_, {.connections = 3}).value();
  std::latch all_in_use(3);
  std::vector<std::jthread> readers(3);
  for (std::jthread& reader : readers) {
    reader = std::jthread([&] {
      EXPECT_TRUE(database->read([&](Transaction& tx) {
        all_in_use.arrive_and_wait();
        return tx.run({"one", "SELECT 1"});
      }));
    });
  }
  readers.clear();
  server_.run("postgres", "ALTER DATABASE " + name_ + " RESET default_transaction_read_only");
  EXPECT_FALSE(write(*database, "INSERT INTO a VALUES (1)").has_value());
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(write(*database, "INSERT INTO a VALUES (1)").has_value());
}

TEST_F(PostgresRefusalsTest, IsNotDeceivedByAConnectionOfWhenTheServerTookNoWrites) {
  server_.run("postgres", "ALTER DATABASE " + name_ + " SET default_transaction_read_only = on");
  const auto database = open(url_);
  EXPECT_FALSE(database->check().has_value());
  server_.run("postgres", "ALTER DATABASE " + name_ + " RESET default_transaction_read_only");
  EXPECT_TRUE(database->check().has_value());
  EXPECT_TRUE(write(*database, "CREATE TABLE a (x BIGINT)").has_value());
}

TEST(PostgresReplicaAsPrimaryTest, IsNamedAsWhatItIs) {
  const PostgresServer primary;
  const PostgresServer replica = PostgresServer::replica_of(primary);
  const auto checked = open(replica.url("postgres"))->check();
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().key, "database.read-only");
  EXPECT_TRUE(checked.error().cause.contains("is a replica: name the primary")) << checked.error().cause;

  // What the line advises, with the replica first.
  const std::string both = "postgresql://mv:" + std::string(PostgresServer::password()) +
                           "@127.0.0.1:" + std::to_string(replica.port()) +
                           ",127.0.0.1:" + std::to_string(primary.port()) + "/postgres?target_session_attrs=read-write";
  EXPECT_TRUE(open(both)->check().has_value());
}

} // namespace
} // namespace mv::postgres
