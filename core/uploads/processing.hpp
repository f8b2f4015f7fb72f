#pragma once

// What happens to a picture after it has arrived: first type, size, date, place and the small preview, so that a folder
// shows itself at once; then the larger ones. Handlers of the jobs `media.quick` and `media.full`; both may run twice.

#include <string>

#include "core/base/clock.hpp"
#include "core/media/media_process.hpp"
#include "core/memories/record.hpp"
#include "core/memories/repository.hpp"
#include "core/ports/database.hpp"
#include "core/ports/job_queue.hpp"
#include "core/uploads/content.hpp"

namespace mv::uploads {

/// Safe from every thread.
class MediaProcessing {
public:
  MediaProcessing(Database& db, ContentStore& contents, media::MediaDecoder& decoder, JobQueue& jobs,
                  const Clock& clock)
      : db_(db), contents_(contents), decoder_(decoder), jobs_(jobs), clock_(clock) {}

  /// The payload of both jobs is the medium's id; a medium that is gone is no failure.
  [[nodiscard]] Result<void> quick(const Job& job) { return run(job.payload, media::DecodeStep::quick); }
  [[nodiscard]] Result<void> full(const Job& job) { return run(job.payload, media::DecodeStep::full); }

  /// When a job has failed for the last time: the medium says so, and its original can still be downloaded.
  [[nodiscard]] Result<void> give_up(const Job& job);

private:
  [[nodiscard]] Result<void> run(const std::string& media_id, media::DecodeStep step);
  [[nodiscard]] Result<void> apply(const std::string& media_id, media::DecodeStep step, const media::Decoded& decoded);
  [[nodiscard]] Result<void> tell_progress(Transaction& tx, const memories::MemoryRecord& memory);

  Database& db_;
  ContentStore& contents_;
  media::MediaDecoder& decoder_;
  JobQueue& jobs_;
  const Clock& clock_;
};

/// What a file says of itself, put into a memory where nobody has said anything yet. `untouched`: no person has changed
/// the memory since it came. What people write always wins.
void apply_metadata(memories::MemoryRecord& memory, const media::Metadata& metadata, bool untouched);

} // namespace mv::uploads
