#pragma once

// The Broker port on RabbitMQ: persistent messages to a durable topic exchange, with publisher confirms. It connects
// again after whatever went wrong.

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/base/dependency.hpp"
#include "core/base/log.hpp"
#include "core/base/metrics.hpp"
#include "core/ports/broker.hpp"

namespace mv::rabbitmq {

struct Address {
  bool tls = false;
  std::string host;
  int port = 5672;
  std::string user;
  Secret password{};
  std::string virtual_host;
  std::string ca_file{}; ///< "" trusts what the system trusts.

  /// As people know it, without the password.
  [[nodiscard]] std::string shown() const;
};

/// `amqp://[USER:PASSWORD@]HOST[:PORT][/VHOST]`, or `amqps://…[?ca=FILE]`. `invalid` with key `config.invalid` and a
/// cause that never shows the password.
[[nodiscard]] Result<Address> parse_address(std::string_view url);

struct BrokerOptions {
  std::string exchange = "memoryverse.events";
  std::chrono::milliseconds timeout{10'000}; ///< For the connection, and for each answer.
};

/// The broker answers, and the settings are wrong: it knows neither user nor password, or lets them do too little.
inline constexpr std::string_view kRefused = "broker.refused";

class RabbitMqBroker final : public Broker {
public:
  /// Connects. `kRefused` where the settings are wrong; a broker that is away is logged, and tried again with each
  /// call.
  [[nodiscard]] static Result<std::unique_ptr<RabbitMqBroker>> open(Address address, Metrics& metrics,
                                                                    BrokerOptions options = {});
  /// Does not connect yet. `metrics` must outlive it.
  RabbitMqBroker(Address address, Metrics& metrics, BrokerOptions options = {});
  ~RabbitMqBroker() override;
  RabbitMqBroker(const RabbitMqBroker&) = delete;
  RabbitMqBroker& operator=(const RabbitMqBroker&) = delete;

  [[nodiscard]] Result<void> connect() override;
  [[nodiscard]] Result<std::int64_t> publish(const std::vector<BrokerMessage>& messages) override;
  [[nodiscard]] Result<void> health() const override;

private:
  class Connection;
  [[nodiscard]] Result<void> try_to_connect();
  [[nodiscard]] Result<std::int64_t> try_to_publish(const std::vector<BrokerMessage>& messages);
  /// Keeps how it went for `health`; a failure ends the connection.
  void note(const Error* error);

  Address address_;
  BrokerOptions options_;
  Dependency dependency_;
  Counter& unroutable_;
  std::unique_ptr<Connection> connection_; // null while there is none
  mutable std::mutex mutex_;               // guards last_
  Result<void> last_;
};

} // namespace mv::rabbitmq
