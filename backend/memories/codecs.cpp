#include "backend/http/json_codec.hpp"
#include "core/contracts/memories.hpp"
#include "core/contracts/timeline.hpp"

// `private` and `public` are words of C++, so that the names of these values differ from their enumerators.
template <>
struct rfl::Reflector<mv::Privacy> {
  using ReflType = rfl::Literal<"private", "space", "link", "public">;
  static ReflType from(const mv::Privacy& privacy) {
    switch (privacy) {
      case mv::Privacy::only_me:
        return ReflType::make<"private">();
      case mv::Privacy::space:
        return ReflType::make<"space">();
      case mv::Privacy::link:
        return ReflType::make<"link">();
      case mv::Privacy::everyone:
        return ReflType::make<"public">();
    }
    return ReflType::make<"private">();
  }
  static mv::Privacy to(const ReflType& text) {
    if (text.name() == "private") return mv::Privacy::only_me;
    if (text.name() == "link") return mv::Privacy::link;
    if (text.name() == "public") return mv::Privacy::everyone;
    return mv::Privacy::space;
  }
};

MV_JSON_CODEC(mv::Memory)
MV_JSON_CODEC(mv::Page<mv::Memory>)
MV_JSON_CODEC(mv::MemoryDraft)
MV_JSON_CODEC(mv::MemoryPatch)
MV_JSON_CODEC(mv::Page<mv::Revision>)
MV_JSON_CODEC(mv::MemoryIds)
MV_JSON_CODEC(mv::BatchOutcome)
MV_JSON_CODEC(mv::Items<mv::TagCount>)
MV_JSON_CODEC(mv::Buckets)
MV_JSON_CODEC(mv::BucketColumns)
MV_JSON_CODEC(mv::Uploaded)
MV_JSON_CODEC(mv::DuplicateCheck)
MV_JSON_CODEC(mv::Items<mv::KnownFile>)
MV_QUERY_CODEC(mv::MemoryQuery)
MV_QUERY_CODEC(mv::PageQuery)
MV_QUERY_CODEC(mv::TrashQuery)
MV_QUERY_CODEC(mv::TimelineQuery)
MV_QUERY_CODEC(mv::TimelineBucketQuery)
