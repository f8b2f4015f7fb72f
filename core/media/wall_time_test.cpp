#include "core/media/wall_time.hpp"

#include <gtest/gtest.h>

namespace mv::media {
namespace {

constexpr std::int64_t kNow = 1'795'500'000'000; // 2026-11-24

WallTime at(int year, int month, int day, int hour = 0, int minute = 0, int second = 0, int ms = 0,
            Precision precision = Precision::second) {
  return {year, month, day, hour, minute, second, ms, precision};
}

TEST(ParseTime, ReadsWhatCamerasWrite) {
  EXPECT_EQ(parse_time("2019:07:14 15:30:01")->local, at(2019, 7, 14, 15, 30, 1));
  EXPECT_EQ(parse_time("2019:07:14 15:30:01.057")->local, at(2019, 7, 14, 15, 30, 1, 57));
  EXPECT_EQ(parse_time(std::string_view("2019:07:14 15:30:01\0", 20))->local, at(2019, 7, 14, 15, 30, 1));
  EXPECT_EQ(parse_time("2019/07/14 15:30:01")->local, at(2019, 7, 14, 15, 30, 1));
  EXPECT_EQ(parse_time("20190714")->local, at(2019, 7, 14, 0, 0, 0, 0, Precision::day));
}

TEST(ParseTime, ReadsIso8601WithItsOffset) {
  const auto time = parse_time("2019-07-14T15:30:01.5+03:00");
  ASSERT_TRUE(time);
  EXPECT_EQ(time->local, at(2019, 7, 14, 15, 30, 1, 500));
  EXPECT_EQ(time->offset_minutes, 180);
  EXPECT_EQ(parse_time("2019-07-14T15:30Z")->offset_minutes, 0);
  EXPECT_EQ(parse_time("2019-07-14T15:30Z")->local.precision, Precision::minute);
}

TEST(ParseTime, KeepsWhatIsKnownOfAnIncompleteDate) {
  EXPECT_EQ(parse_time("1935")->local.precision, Precision::year);
  EXPECT_EQ(parse_time("1935-06")->local.precision, Precision::month);
  EXPECT_EQ(parse_time("1935-06-02")->local.precision, Precision::day);
  EXPECT_EQ(parse_time("19350600")->local.precision, Precision::month); // IPTC: the day is not known
  EXPECT_EQ(parse_time("19350000")->local.precision, Precision::year);
}

TEST(ParseTime, RefusesWhatIsNoDate) {
  for (const auto text : {"", "0000:00:00 00:00:00", "1980:00:00 00:00:00", "2019:13:01 00:00:00",
                          "2019:02:30 00:00:00", "    :  :     :  :  ", "2019:07:14 25:00:00", "2019:07:14 15:61:00",
                          "yesterday", "2019:07:14 15:30:01 MSK", "14.07.2019", "2019:7:4", "0000"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(ParseOffset, ReadsZonesThatExist) {
  EXPECT_EQ(parse_offset("+03:00"), 180);
  EXPECT_EQ(parse_offset("-0330"), -210);
  EXPECT_EQ(parse_offset("Z"), 0);
  EXPECT_EQ(parse_offset("+05"), 300);
  for (const auto text : {"", "03:00", "+15:00", "+3:00", "+03:75", "+03:00x", "MSK"}) {
    EXPECT_FALSE(parse_offset(text)) << text;
  }
}

TEST(IsPlausible, LeavesOutWhatNoCameraSaw) {
  EXPECT_TRUE(is_plausible(at(1826, 1, 1), kNow));
  EXPECT_FALSE(is_plausible(at(1825, 12, 31), kNow));
  EXPECT_TRUE(is_plausible(at(2026, 11, 24), kNow));
  EXPECT_FALSE(is_plausible(at(2026, 12, 24), kNow));
}

TEST(DateFromFileName, FindsWhatProgramsWrite) {
  EXPECT_EQ(date_from_file_name("IMG_20190714_153000.jpg"), at(2019, 7, 14, 15, 30, 0));
  EXPECT_EQ(date_from_file_name("PXL_20231006_063000139.jpg"), at(2023, 10, 6, 6, 30, 0, 139));
  EXPECT_EQ(date_from_file_name("20190714_153000(1).jpg"), at(2019, 7, 14, 15, 30, 0));
  EXPECT_EQ(date_from_file_name("2019-07-14 15.30.00.jpg"), at(2019, 7, 14, 15, 30, 0));
  EXPECT_EQ(date_from_file_name("Screenshot_2019-07-14-15-30-00.png"), at(2019, 7, 14, 15, 30, 0));
  EXPECT_EQ(date_from_file_name("WhatsApp Image 2019-07-14 at 15.30.00.jpeg"), at(2019, 7, 14, 15, 30, 0));
  EXPECT_EQ(date_from_file_name("photo_2019-07-14_15-30-00.jpg"), at(2019, 7, 14, 15, 30, 0));
  EXPECT_EQ(date_from_file_name("signal-2019-07-14-153000.jpg"), at(2019, 7, 14, 15, 30, 0));
  EXPECT_EQ(date_from_file_name("IMG-20190714-WA0003.jpg"), at(2019, 7, 14, 0, 0, 0, 0, Precision::day));
  EXPECT_EQ(date_from_file_name("2019-07-14.jpg"), at(2019, 7, 14, 0, 0, 0, 0, Precision::day));
  EXPECT_EQ(date_from_file_name("phone/DCIM/VID_20190714_153000.mp4"), at(2019, 7, 14, 15, 30, 0));
}

TEST(DateFromFileName, IsNotTakenInByNumbers) {
  for (const auto name :
       {"DSC_0001.jpg", "IMG_2019.jpg", "123456789012.jpg", "IMG_20191399_000000.jpg", "12019071412.jpg",
        "1562_20190714153000123456.jpg", "scan 19350714.jpg", "IMG_20190230_120000.jpg", "received_20190714153.jpg",
        "FB_IMG_1563111000000.jpg", "", "20190714_phone/DSC_0001.jpg"}) {
    EXPECT_FALSE(date_from_file_name(name)) << name;
  }
}

} // namespace
} // namespace mv::media
