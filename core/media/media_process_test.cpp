#include "core/media/media_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace mv::media {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// The processes that this one has started and not waited for, zombies included.
std::set<int> child_processes() {
  std::set<int> found;
  for (const auto& thread : fs::directory_iterator("/proc/self/task")) {
    std::ifstream list(thread.path() / "children");
    for (int pid = 0; list >> pid;)
      found.insert(pid);
  }
  return found;
}

std::string status_of(int pid, std::string_view field) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return line.substr(line.find_first_not_of(": \t", field.size()));
  }
  return {};
}

class MediaDecoderTest : public testing::Test {
protected:
  MediaDecoderTest() { fs::create_directories(folder_); }
  ~MediaDecoderTest() override { fs::remove_all(folder_); }

  std::unique_ptr<MediaDecoder> open(MediaDecoderOptions options) {
    auto decoder = MediaDecoder::open(std::move(options));
    EXPECT_TRUE(decoder) << decoder.error().cause;
    return *std::move(decoder);
  }
  std::unique_ptr<MediaDecoder> real(int processes = 1) {
    return open({.program = MEDIA_PROGRAM, .processes = processes});
  }
  std::unique_ptr<MediaDecoder> stand_in(MediaDecoderOptions options = {}) {
    options.program = WORKER_DOUBLE;
    options.processes = 1;
    return open(std::move(options));
  }
  /// A file that makes the stand-in do `what`.
  DecodeRequest ask_to(const std::string& what) {
    const fs::path path = folder_ / (what + ".jpg");
    std::ofstream(path, std::ios::binary) << "\xff\xd8\xff" << what;
    return {.original = path, .file_name = "a.jpg", .output_folder = folder_};
  }
  DecodeRequest fixture(const std::string& name, DecodeStep step = DecodeStep::quick) {
    return {.original = fs::path(MEDIA_FIXTURES) / name, .file_name = name, .output_folder = folder_, .step = step};
  }

  const fs::path folder_ = fs::temp_directory_path() / ("mv-media-test-" + std::to_string(::getpid()));
};

TEST_F(MediaDecoderTest, MakesAllSizesOfASmallPictureAtOnce) {
  const auto decoder = real();
  const auto decoded = decoder->decode(fixture("metadata.jpg"));
  ASSERT_TRUE(decoded) << decoded.error().cause;
  EXPECT_EQ(decoded->reason, "");
  EXPECT_EQ(decoded->kind, MediaKind::photo);
  EXPECT_EQ(decoded->mime_type, "image/jpeg");
  EXPECT_EQ(decoded->width, 64);
  EXPECT_EQ(decoded->height, 48);
  EXPECT_TRUE(decoded->complete);
  ASSERT_EQ(decoded->derivatives.size(), 3);
  for (const Derivative& made : decoded->derivatives) {
    EXPECT_EQ(made.path, folder_ / (std::to_string(made.size) + ".webp"));
    EXPECT_EQ(made.width, 64); // never enlarged
    EXPECT_GT(fs::file_size(made.path), 20);
  }
  EXPECT_EQ(decoded->metadata.title, "Белые ночи");
}

TEST_F(MediaDecoderTest, GivesALargeJpegItsThumbnailFirstAndTheRestThen) {
  const auto decoder = real();
  const auto quick = decoder->decode(fixture("large.jpg"));
  ASSERT_TRUE(quick);
  EXPECT_FALSE(quick->complete);
  EXPECT_EQ(quick->width, 2000);
  EXPECT_FALSE(quick->thumbhash.empty());
  ASSERT_EQ(quick->derivatives.size(), 1);
  EXPECT_EQ(quick->derivatives[0].width, 256);
  EXPECT_EQ(quick->derivatives[0].height, 192);

  const auto full = decoder->decode(fixture("large.jpg", DecodeStep::full));
  ASSERT_TRUE(full);
  ASSERT_EQ(full->derivatives.size(), 2);
  EXPECT_EQ(full->derivatives[0].size, 2048);
  EXPECT_EQ(full->derivatives[0].width, 2000);
  EXPECT_EQ(full->derivatives[1].size, 1080);
  EXPECT_EQ(full->derivatives[1].width, 1080);
  EXPECT_EQ(full->derivatives[1].height, 810);
}

TEST_F(MediaDecoderTest, SaysInAValueWhyThereIsNoPicture) {
  const auto decoder = real();
  const auto reason = [&](const char* name) {
    const auto decoded = decoder->decode(fixture(name));
    return decoded ? decoded->reason : "error " + decoded.error().key;
  };
  EXPECT_EQ(reason("empty.jpg"), "media.empty");
  EXPECT_EQ(reason("nonsense.jpg"), "media.damaged");
  EXPECT_EQ(reason("truncated.jpg"), "media.damaged");
  EXPECT_EQ(reason("truncated.png"), "media.damaged");
  EXPECT_EQ(reason("bomb.png"), "media.too-big");
  EXPECT_EQ(reason("jpeg-named.png"), "");
  EXPECT_EQ(decoder->children(), 1); // none of these cost a process
}

TEST_F(MediaDecoderTest, StillShowsWhatIsLeftOfATruncatedPhoto) {
  const auto decoded = real()->decode(fixture("truncated.jpg"));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->reason, "media.damaged");
  EXPECT_EQ(decoded->derivatives.size(), 3);
}

TEST_F(MediaDecoderTest, KeepsTheMetadataOfARawFileItCannotShow) {
  fs::copy_file(fs::path(MEDIA_FIXTURES) / "scene.tif", folder_ / "a.nef");
  const auto decoded = real()->decode({.original = folder_ / "a.nef", .file_name = "a.nef", .output_folder = folder_});
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->reason, "media.unsupported");
  EXPECT_TRUE(decoded->derivatives.empty());
}

TEST_F(MediaDecoderTest, AnswersForOtherKindsWithoutAChild) {
  const auto decoder = real();
  std::ofstream(folder_ / "a.pdf") << "%PDF-1.7\n";
  const auto decoded = decoder->decode({.original = folder_ / "a.pdf", .file_name = "a.pdf", .output_folder = folder_});
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->kind, MediaKind::document);
  EXPECT_EQ(decoded->reason, "");
  EXPECT_EQ(decoder->children(), 0);
}

TEST_F(MediaDecoderTest, ShutsItsChildrenIn) {
  const auto decoder = real();
  ASSERT_TRUE(decoder->decode(fixture("scene.jpg")));
  const std::set<int> children = child_processes();
  ASSERT_EQ(children.size(), 1);
  const int pid = *children.begin();
  EXPECT_EQ(status_of(pid, "Seccomp:"), "2"); // a filter
  EXPECT_EQ(status_of(pid, "NoNewPrivs:"), "1");
  std::ifstream environment("/proc/" + std::to_string(pid) + "/environ");
  std::stringstream text;
  text << environment.rdbuf();
  EXPECT_THAT(text.str(), testing::Not(testing::HasSubstr("PATH="))); // nor any key of the server's
}

TEST_F(MediaDecoderTest, RefusesMoreMemoryThanItsLimit) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers need all of the address space";
#endif
  const auto decoder = open({.program = MEDIA_PROGRAM, .processes = 1, .memory_bytes = 400 << 20});
  const auto decoded = decoder->decode(fixture("interlaced.png")); // 432 MB of pixels at once
  ASSERT_TRUE(decoded) << decoded.error().cause;
  EXPECT_THAT(decoded->reason, testing::AnyOf("media.too-big", "media.damaged", "media.crashed"));
  EXPECT_TRUE(decoder->decode(fixture("scene.jpg"))); // and goes on
}

TEST_F(MediaDecoderTest, EndsAJobThatTakesTooLong) {
  const auto decoder = stand_in({.quick_timeout = 100ms});
  const auto decoded = decoder->decode(ask_to("hang"));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->reason, "media.timeout");
  EXPECT_TRUE(child_processes().empty()); // killed and waited for
  EXPECT_EQ(decoder->decode(ask_to("work"))->reason, "");
}

TEST_F(MediaDecoderTest, SurvivesTheDeathOfItsChild) {
  const auto decoder = stand_in();
  EXPECT_EQ(decoder->decode(ask_to("die"))->reason, "media.crashed");
  EXPECT_EQ(decoder->decode(ask_to("out of memory"))->reason, "media.too-big");
  EXPECT_EQ(decoder->decode(ask_to("work"))->reason, "");
}

TEST_F(MediaDecoderTest, BelievesNothingThatIsNoAnswer) {
  const auto decoder = stand_in();
  EXPECT_EQ(decoder->decode(ask_to("nonsense"))->reason, "media.crashed");
  EXPECT_EQ(decoder->decode(ask_to("endless"))->reason, "media.crashed");
  EXPECT_EQ(decoder->decode(ask_to("work"))->reason, "");
}

TEST_F(MediaDecoderTest, AsksAFreshChildBeforeItBlamesTheFile) {
  const auto decoder = stand_in();
  ASSERT_EQ(decoder->decode(ask_to("work"))->reason, "");
  EXPECT_EQ(decoder->decode(ask_to("die unless fresh"))->reason, "");
}

TEST_F(MediaDecoderTest, ReplacesItsChildAfterSomeJobs) {
  const auto decoder = stand_in({.jobs_per_process = 2});
  std::vector<int> job_of_child;
  for (int i = 0; i < 5; ++i)
    job_of_child.push_back(decoder->decode(ask_to("work"))->width.value_or(0));
  EXPECT_EQ(job_of_child, (std::vector{1, 2, 1, 2, 1}));
}

TEST_F(MediaDecoderTest, GoesOnWhenAnIdleChildIsKilled) {
  const auto decoder = stand_in();
  ASSERT_EQ(decoder->decode(ask_to("work"))->reason, "");
  for (const int pid : child_processes())
    ::kill(pid, SIGKILL);
  EXPECT_EQ(decoder->decode(ask_to("work"))->reason, "");
}

TEST_F(MediaDecoderTest, LeavesNoChildBehindWhenItEndsAmidAJob) {
  auto decoder = stand_in();
  Result<Decoded> decoded = Decoded{};
  std::thread caller([&] { decoded = decoder->decode(ask_to("hang")); });
  while (decoder->children() == 0)
    std::this_thread::yield();
  // The caller's job is in the child's hands now; ending the pool ends both.
  decoder.reset();
  caller.join();
  EXPECT_FALSE(decoded);
  EXPECT_EQ(decoded.error().key, "media.stopping");
  EXPECT_TRUE(child_processes().empty());
}

TEST_F(MediaDecoderTest, ServesManyThreads) {
  const auto decoder = real(2);
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      DecodeRequest request = fixture("orientation-" + std::to_string(i + 1) + ".jpg");
      request.output_folder = folder_ / std::to_string(i);
      fs::create_directories(request.output_folder);
      const auto decoded = decoder->decode(request);
      if (decoded && decoded->reason.empty() && decoded->width == 64) ++good;
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(good, 8);
  EXPECT_LE(decoder->children(), 2);
}

TEST_F(MediaDecoderTest, TellsOurFailuresFromTheFiles) {
  const auto decoder = real();
  DecodeRequest missing = fixture("scene.jpg");
  missing.original = folder_ / "gone.jpg";
  EXPECT_EQ(decoder->decode(missing).error().key, "media.no-original");
  DecodeRequest nowhere = fixture("scene.jpg");
  nowhere.output_folder = folder_ / "gone";
  EXPECT_EQ(decoder->decode(nowhere).error().key, "media.cannot-write");
  EXPECT_EQ(MediaDecoder::open({.program = folder_ / "gone"}).error().key, "media.no-decoder");
  EXPECT_EQ(MediaDecoder::open({.program = folder_}).error().key, "media.no-decoder");
  // A program that starts and ends is no decoder; that is nobody's photo's fault.
  EXPECT_EQ(open({.program = "/bin/true"})->decode(fixture("scene.jpg")).error().key, "media.no-decoder");
}

} // namespace
} // namespace mv::media
