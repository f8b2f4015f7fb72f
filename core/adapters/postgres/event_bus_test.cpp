#include "core/adapters/postgres/event_bus.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "core/ports/contracts/event_bus_contract.hpp"
#include "core/testing/postgres_server.hpp"

namespace mv::postgres {
namespace {

using test::PostgresServer;

std::unique_ptr<PostgresEventBus> open_bus(const std::string& url) {
  auto opened = PostgresEventBus::open(url);
  if (!opened) throw std::runtime_error(opened.error().cause);
  return *std::move(opened);
}

class Maker {
public:
  PostgresEventBus& bus() { return *bus_; }

private:
  static std::string url() {
    static const std::string made = [] {
      std::string fresh = PostgresServer::shared().make_database();
      PostgresServer::shared().run(PostgresServer::name_in(fresh), "CREATE TABLE events (seq BIGINT)");
      return fresh;
    }();
    return made;
  }

  std::unique_ptr<PostgresEventBus> bus_ = open_bus(url());
};

class TwoProcesses : public testing::Test {
protected:
  TwoProcesses() {
    PostgresServer::shared().run(name(), "CREATE TABLE events (seq BIGINT)");
    handle_ = there_->subscribe([this](std::int64_t seq) { heard_.tell(seq); });
  }
  ~TwoProcesses() override {
    handle_.reset();
    here_.reset();
    there_.reset();
    PostgresServer::shared().drop_database(url_);
  }
  [[nodiscard]] std::string name() const { return PostgresServer::name_in(url_); }
  /// Until the other one listens, which nothing else shows. Gives the last number.
  std::int64_t publish_until_heard(std::int64_t seq) {
    const std::int64_t heard_before = heard_.get();
    do {
      here_->publish(++seq); // a number is told once
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    } while (heard_.get() == heard_before);
    return seq;
  }

  std::string url_ = PostgresServer::shared().make_database();
  std::unique_ptr<PostgresEventBus> here_ = open_bus(url_);
  std::unique_ptr<PostgresEventBus> there_ = open_bus(url_);
  HighestSeq heard_;
  std::unique_ptr<void, std::function<void(void*)>> handle_;
};

TEST_F(TwoProcesses, HearOfEachOther) {
  const std::int64_t last = publish_until_heard(0);
  here_->publish(last + 1);
  heard_.wait_for(last + 1);
  SUCCEED();
}

TEST_F(TwoProcesses, ConnectAgainByThemselvesAndLearnWhatTheyMissed) {
  const std::int64_t missed = publish_until_heard(0) + 1'000;
  // Committed by one that died before it told.
  PostgresServer::shared().run(name(), "INSERT INTO events VALUES (" + std::to_string(missed) + ")");
  PostgresServer::shared().run(name(),
                               "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
                               "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  heard_.wait_for(missed);
  publish_until_heard(missed);
  SUCCEED();
}

TEST_F(TwoProcesses, TellWhoIsInTheSameProcessWithoutAServer) {
  HighestSeq local;
  const auto bus = open_bus("postgresql://nobody@127.0.0.1:1/nowhere");
  const auto handle = bus->subscribe([&](std::int64_t seq) { local.tell(seq); });
  bus->publish(3);
  local.wait_for(3);
  SUCCEED();
}

} // namespace
} // namespace mv::postgres

namespace mv {
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, EventBusContract, postgres::Maker);
} // namespace mv
