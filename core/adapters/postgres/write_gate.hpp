#pragma once

// Lets as many writes of a process run side by side as are not in each other's way, and one that others were in the way
// of run by itself. Inside this folder only.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace mv::postgres {

/// Safe from every thread. Each write that fails against another lowers the number that may run at once, each other one
/// raises it a little, as TCP finds the width of a line: work that must run again costs more than it saves. Whoever is
/// to run alone comes before those who have not begun, since they came from among them; so nobody starves.
class WriteGate {
public:
  /// Side by side with others, as many as may now.
  class Pass {
  public:
    /// Waits no longer than `wait`.
    Pass(WriteGate& gate, std::chrono::milliseconds wait) : gate_(gate) {
      std::unique_lock lock(gate_.mutex_);
      inside_ = gate_.changed_.wait_for(
          lock, wait, [&gate] { return gate.alone_ == 0 && gate.together_ < static_cast<int>(gate.width_); });
      if (inside_) ++gate_.together_;
    }
    ~Pass() {
      if (!inside_) return;
      const std::scoped_lock lock(gate_.mutex_);
      --gate_.together_;
      gate_.width_ = in_the_way_ ? std::max(1.0, gate_.width_ * kNarrower) : std::min(kMost, gate_.width_ + kWider);
      gate_.changed_.notify_all();
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    [[nodiscard]] bool inside() const { return inside_; }
    /// Another was in its way.
    void met_another() { in_the_way_ = true; }

  private:
    WriteGate& gate_;
    bool inside_ = false;
    bool in_the_way_ = false;
  };

  /// Alone, but for what takes longer to end than `patience`: a write that removes files must not hold up all others.
  class Alone {
  public:
    Alone(WriteGate& gate, std::chrono::milliseconds patience) : gate_(gate) {
      std::unique_lock lock(gate_.mutex_);
      ++gate_.alone_; // from here on nobody else begins
      gate_.changed_.wait(lock, [&gate] { return !gate.taken_; });
      gate_.taken_ = true;
      gate_.changed_.wait_for(lock, patience, [&gate] { return gate.together_ == 0; });
    }
    ~Alone() {
      const std::scoped_lock lock(gate_.mutex_);
      --gate_.alone_;
      gate_.taken_ = false;
      gate_.changed_.notify_all();
    }
    Alone(const Alone&) = delete;
    Alone& operator=(const Alone&) = delete;

  private:
    WriteGate& gate_;
  };

private:
  static constexpr double kMost = 64;
  static constexpr double kWider = 0.1;
  static constexpr double kNarrower = 0.7;

  std::mutex mutex_; // guards what follows
  std::condition_variable changed_;
  double width_ = 8;
  int together_ = 0;
  int alone_ = 0; // who runs alone and who waits to
  bool taken_ = false;
};

} // namespace mv::postgres
