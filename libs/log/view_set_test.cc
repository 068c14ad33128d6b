#include "log/view_set.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <map>
#include <memory>
#include <stdexcept>
#include <thread>

#include "log/testing/row_view.h"
#include "log/testing/view_store.h"
#include "log/view_format.h"

namespace mash::log {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;  // id, columns

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().reason + ": " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// A log in little: texts, a store and the views over them.
class SmallLog {
 public:
  explicit SmallLog(std::vector<std::unique_ptr<View>> views) { open(std::move(views)); }
  SmallLog() { open(one_view()); }

  static std::vector<std::unique_ptr<View>> one_view(uint32_t version = 1) {
    std::vector<std::unique_ptr<View>> views;
    views.push_back(std::make_unique<testing::RowView>("rows", version));
    return views;
  }

  // Several texts are one commit.
  void append(const std::vector<std::string>& texts) {
    rocksdb::WriteBatch batch;
    for (const auto& text : texts) {
      texts_.push_back(text);
      event_at(texts_.size() - 1, [&](const ViewEvent& event) { must(views_->apply(event)); });
    }
    must(views_->write_to(batch));
    if (!store_.db().Write({}, &batch).ok()) throw std::runtime_error("write");
    views_->committed();
  }
  void restart(std::vector<std::unique_ptr<View>> views = one_view()) {
    views_.reset();
    store_.reopen();
    open(std::move(views));
  }
  void rebuild(size_t events_per_step = 7) {
    while (views_->rebuilding()) must(views_->rebuild_step(size(), events_per_step, reader()));
  }

  ViewEventReader reader() const {
    return [this](uint64_t from, uint64_t to, const std::function<void(const ViewEvent&)>& each) {
      for (uint64_t position = from; position < to; ++position) event_at(position, each);
      return Result<void>{};
    };
  }
  uint64_t size() const { return texts_.size(); }
  ViewSet& views() { return *views_; }
  testing::TemporaryViewStore& store() { return store_; }
  Result<ListPage> list(ListQuery query) const {
    if (query.view.empty()) query.view = "rows";
    return views_->list(query, size());
  }

  // All rows as at a size, read in pages.
  Rows all(uint64_t as_at_size, size_t page_rows = 50) const {
    Rows rows;
    ListQuery query{.view = "rows", .as_at_size = as_at_size, .limit = page_rows};
    do {
      const auto page = must(list(query));
      for (const auto& row : page.rows) rows.emplace_back(row.id, row.columns);
      query.after = page.next;
    } while (!query.after.empty());
    return rows;
  }

  // The same from the texts alone.
  Rows expected(uint64_t size, uint32_t version = 1) const {
    const testing::RowView view("rows", version);
    std::map<std::string, ViewRow> rows;
    for (uint64_t position = 0; position < size; ++position)
      event_at(position, [&](const ViewEvent& event) {
        const auto id = view.row_id(event);
        std::optional<ViewRow> row;
        if (rows.contains(id)) row = rows[id];
        row = view.evolve(row, event);
        if (row) rows[id] = *row;
        if (!row) rows.erase(id);
      });
    std::map<std::pair<std::string, std::string>, std::string> sorted;
    for (const auto& [id, row] : rows) sorted[{row.order, id}] = row.columns;
    Rows list;
    for (const auto& [key, columns] : sorted) list.emplace_back(key.second, columns);
    return list;
  }

 private:
  void open(std::vector<std::unique_ptr<View>> views) {
    definitions_ = std::move(views);
    views_ = must(ViewSet::open(store_.views(), definitions_, cache_bytes_, size()));
  }
  void event_at(uint64_t position, const std::function<void(const ViewEvent&)>& each) const {
    google::protobuf::StringValue message;
    message.set_value(texts_[position]);
    each({.stream = "s", .case_id = "c", .position = position, .actor = actor_, .event = message});
  }

  Actor actor_;
  size_t cache_bytes_ = 20'000;  // so small that much is forgotten
  testing::TemporaryViewStore store_{64 << 10};
  std::vector<std::string> texts_;
  std::vector<std::unique_ptr<View>> definitions_;
  std::unique_ptr<ViewSet> views_;
};

std::string any_event(int ids) {
  const std::string id = "id" + std::to_string(*rc::gen::inRange(0, ids));
  const int how = *rc::gen::inRange(0, 10);
  if (how < 2) return id;
  const std::string order = how < 5 ? std::string("same")
                                    : std::string(1, static_cast<char>(*rc::gen::inRange(0, 256))) +
                                          std::string(*rc::gen::inRange<size_t>(0, 2), '\0');
  // A space would end the order; any other byte may be in one.
  if (order.find(' ') != std::string::npos) return id + " ! text";
  return id + " " + order + " " +
         (how < 7 ? "+" : std::string(*rc::gen::inRange<size_t>(0, 90), 'x'));
}

RC_GTEST_PROP(ViewSet, AnswersAsAtEverySizeAsTheEventsSay, ()) {
  static const auto log = std::make_unique<SmallLog>();
  const uint64_t until = log->size() + *rc::gen::inRange<uint64_t>(1, 30);
  const int ids = *rc::gen::element(2, 30, 200);
  while (log->size() < until) {
    std::vector<std::string> texts;
    for (int left = *rc::gen::element(1, 2, 20); left > 0; --left) texts.push_back(any_event(ids));
    log->append(texts);
  }
  if (*rc::gen::inRange(0, 20) == 0) log->restart();
  if (*rc::gen::inRange(0, 20) == 0) must(log->views().request_rebuild("rows"));
  log->rebuild(*rc::gen::element<size_t>(1, 10, 1'000));
  for (int reads = 0; reads < 3; ++reads) {
    const auto size = *rc::gen::inRange<uint64_t>(0, log->size() + 1);
    const auto expected = log->expected(size);
    RC_ASSERT(log->all(size, *rc::gen::element<size_t>(1, 7, 1'000)) == expected);
    const std::map by_id(expected.begin(), expected.end());
    for (int looks = 0; looks < 10; ++looks) {
      const std::string id = "id" + std::to_string(*rc::gen::inRange(0, ids));
      const auto row = must(log->views().row("rows", id, size, log->size()));
      RC_ASSERT(row.has_value() == by_id.contains(id));
      if (row) RC_ASSERT(*row == by_id.at(id));
    }
  }
}

TEST(ViewSet, ARowIsFoundByItsIdWhereverItStoodThen) {
  SmallLog log;
  log.append({"a o1 first", "b o1 other", "a o1 second"});
  log.append({"a o2 third", "a o0 fourth"});  // two moves in one commit
  log.append({"a"});                          // gone
  log.append({"a o1 back"});
  const auto at = [&](uint64_t size) {
    return must(log.views().row("rows", "a", size, log.size())).value_or("none");
  };
  EXPECT_EQ(at(0), "none");
  EXPECT_EQ(at(1), "first");
  EXPECT_EQ(at(3), "second");
  EXPECT_EQ(at(4), "third");
  EXPECT_EQ(at(5), "fourth");
  EXPECT_EQ(at(6), "none");
  EXPECT_EQ(at(7), "back");
  EXPECT_EQ(must(log.views().row("rows", "b", {}, log.size())), "other");
  EXPECT_EQ(must(log.views().row("rows", "c", {}, log.size())), std::nullopt);
}

TEST(ViewSet, ARowNowIsWhatIsDurable) {
  SmallLog log;
  log.append({"a o1 durable"});
  log.append({"a o2 written"});
  EXPECT_EQ(must(log.views().row("rows", "a", {}, 1)), "durable");
  EXPECT_EQ(must(log.views().row("rows", "a", {}, 2)), "written");
}

TEST(ViewSet, AViewStoredBeforeRowsKeptTheirPlacesIsBuiltAnew) {
  SmallLog log;
  log.append({"a o1 first", "a o2 second"});
  const auto key = row_key(kMetaSlot, "rows");
  std::string meta;
  ASSERT_TRUE(log.store().db().Get({}, log.store().views().rows, key, &meta).ok());
  meta[0] = 1;  // the format before
  ASSERT_TRUE(log.store().db().Put({}, log.store().views().rows, key, meta).ok());
  log.restart();
  EXPECT_EQ(log.views().row("rows", "a", {}, 2).error().reason, "VIEW_REBUILDING");
  log.rebuild();
  EXPECT_EQ(must(log.views().row("rows", "a", 1, 2)), "first");
}

TEST(ViewSet, AnEmptyViewIsOneEmptyPage) {
  const SmallLog log;
  const auto page = must(log.list({}));
  EXPECT_TRUE(page.rows.empty());
  EXPECT_TRUE(page.next.empty());
  EXPECT_EQ(page.as_at_size, 0u);
}

TEST(ViewSet, PagesDoNotShiftWhileTheListChanges) {
  SmallLog log;
  for (int i = 10; i < 90; ++i)
    log.append({"id" + std::to_string(i) + " o" + std::to_string(i) + " text"});
  const auto before = log.expected(log.size());
  auto page = must(log.list({.limit = 30}));
  Rows seen;
  while (true) {
    for (const auto& row : page.rows) seen.emplace_back(row.id, row.columns);
    if (page.next.empty()) break;
    log.append({"id10", "id50 o00 moved to the front", "new o00 new"});
    page = must(log.list({.as_at_size = page.as_at_size, .after = page.next, .limit = 30}));
  }
  EXPECT_EQ(seen, before);
}

TEST(ViewSet, TheLastPageSaysSoAlsoWhenItIsFull) {
  SmallLog log;
  for (const char* id : {"a", "b", "c", "d"}) log.append({std::string(id) + " o text"});
  const auto first = must(log.list({.limit = 2}));
  EXPECT_FALSE(first.next.empty());
  EXPECT_TRUE(must(log.list({.after = first.next, .limit = 2})).next.empty());
}

TEST(ViewSet, AFilteredPageEndsAtTheScanLimitAndGoesOn) {
  SmallLog log;
  std::vector<std::string> texts;
  for (int i = 100; i < 400; ++i) texts.push_back("id" + std::to_string(i) + " o text");
  log.append(texts);
  ListQuery query{.scan_limit = 100,
                  .filter = [](auto id, auto) { return id == "id350" || id == "id399"; }};
  std::vector<size_t> rows;
  do {
    const auto page = must(log.list(query));
    rows.push_back(page.rows.size());
    query.after = page.next;
  } while (!query.after.empty());
  EXPECT_EQ(rows, (std::vector<size_t>{0, 0, 2}));
}

TEST(ViewSet, ARangeOfOrdersIsFromTheFirstToBelowTheLast) {
  SmallLog log;
  log.append({"1 a t", "2 b t", "3 b t", "4 bb t", "5 c t", "6 d t"});
  std::string ids;
  for (const auto& row : must(log.list({.order_from = "b", .order_below = "c"})).rows)
    ids += row.id;
  EXPECT_EQ(ids, "234");
}

TEST(ViewSet, RefusesWhatItCannotAnswer) {
  SmallLog log;
  log.append({"a o t", "b o t"});
  const auto reason = [&](const ListQuery& query) { return log.list(query).error().reason; };
  EXPECT_EQ(reason({.view = "other"}), "VIEW_UNKNOWN");
  EXPECT_EQ(reason({.as_at_size = 3}), "AS_AT_BEYOND_END");
  EXPECT_EQ(reason({.limit = 0}), "PAGE_LIMIT_INVALID");
  EXPECT_EQ(reason({.limit = 1'001}), "PAGE_LIMIT_INVALID");
  EXPECT_EQ(reason({.after = "no token"}), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(reason({.after = "AAAA"}), "PAGE_TOKEN_INVALID");
  const auto next = must(log.list({.limit = 1})).next;
  EXPECT_EQ(reason({.as_at_size = 1, .after = next}), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(reason({.after = next.substr(0, next.size() / 2)}), "PAGE_TOKEN_INVALID");
  const auto of_future =
      encode_token("rows", {.version = 1, .as_at_size = 9, .after = list_key("o", "a")});
  EXPECT_EQ(reason({.after = of_future}), "AS_AT_BEYOND_END");
  EXPECT_EQ(log.views().request_rebuild("other").error().reason, "VIEW_UNKNOWN");
  EXPECT_EQ(log.views().row("other", "a", {}, 2).error().reason, "VIEW_UNKNOWN");
  EXPECT_EQ(log.views().row("rows", "a", 3, 2).error().reason, "AS_AT_BEYOND_END");
}

TEST(ViewSet, AnotherVersionIsRebuiltWhileTheLogGoesOn) {
  SmallLog log;
  for (int i = 0; i < 100; ++i) log.append({"id" + std::to_string(i % 30) + " o text"});
  log.restart(SmallLog::one_view(2));
  EXPECT_FALSE(log.views().live("rows"));
  EXPECT_EQ(log.list({}).error().reason, "VIEW_REBUILDING");
  must(log.views().rebuild_step(log.size(), 40, log.reader()));
  log.append({"new o text"});
  log.restart(SmallLog::one_view(2));  // as after a crash: it goes on where it stood
  must(log.views().rebuild_step(log.size(), 60, log.reader()));
  EXPECT_FALSE(log.views().live("rows"));
  must(log.views().rebuild_step(log.size(), 60, log.reader()));
  EXPECT_TRUE(log.views().live("rows"));
  log.append({"newer o text"});
  for (const uint64_t size : {1, 50, 101, 102}) EXPECT_EQ(log.all(size), log.expected(size, 2));
}

TEST(ViewSet, AViewThatMissedEventsCatchesUp) {
  SmallLog log;
  log.append({"a o t", "b o t"});
  log.restart({});  // a program that does not know the view appends too
  log.append({"c o t", "a"});
  log.restart();
  EXPECT_FALSE(log.views().live("rows"));
  log.rebuild();
  for (uint64_t size = 0; size <= 4; ++size) EXPECT_EQ(log.all(size), log.expected(size));
}

TEST(ViewSet, ViewsAtDifferentPlacesAreBuiltTogether) {
  SmallLog log;
  for (int i = 0; i < 20; ++i) log.append({"id" + std::to_string(i) + " o text"});
  auto views = SmallLog::one_view();
  views.push_back(std::make_unique<testing::RowView>("more"));
  log.restart(std::move(views));
  EXPECT_TRUE(log.views().live("rows"));
  must(log.views().rebuild_step(log.size(), 5, log.reader()));
  must(log.views().request_rebuild("rows"));
  log.rebuild(3);
  EXPECT_EQ(log.all(20), log.expected(20));
  EXPECT_EQ(must(log.list({.view = "more"})).rows.size(), 20u);
  must(log.views().check("more", 5, log.reader()));
}

TEST(ViewSet, ADroppedViewLeavesNothingBehind) {
  SmallLog log;
  for (int i = 0; i < 50; ++i) log.append({"id" + std::to_string(i) + " o text"});
  for (int times = 0; times < 4; ++times) {
    must(log.views().request_rebuild("rows"));
    log.rebuild();
    EXPECT_EQ(log.all(25), log.expected(25));
  }
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  const std::unique_ptr<rocksdb::Iterator> stored(
      log.store().db().NewIterator(options, log.store().views().rows));
  int rows = 0;
  for (stored->SeekToFirst(); stored->Valid(); stored->Next()) ++rows;
  EXPECT_EQ(rows, 51);  // and what is known of the view
}

TEST(ViewSet, CheckPassesWhatIsRightAndNamesWhatIsNot) {
  SmallLog log;
  for (int i = 0; i < 300; ++i)
    log.append({"id" + std::to_string(i % 200) + " o" + std::to_string(i % 7) + " text"});
  const auto check = must(log.views().check("rows", 10, log.reader()));
  EXPECT_EQ(check.size, 300u);
  EXPECT_EQ(check.rows, 200u);
  EXPECT_EQ(check.sampled.size(), 11u);
  EXPECT_EQ(log.views().check("other", 1, log.reader()).error().reason, "VIEW_UNKNOWN");

  const auto views = log.store().views();
  const auto key = row_key(1, "id7");
  std::string row;
  ASSERT_TRUE(log.store().db().Get({}, views.rows, key, &row).ok());
  ASSERT_TRUE(log.store().db().Put({}, views.rows, key, row + "?").ok());
  const auto changed = log.views().check("rows", 10, log.reader());
  EXPECT_EQ(changed.error().reason, "VIEW_WRONG");
  EXPECT_EQ(changed.error().metadata.at("row_id"), "id7");
  ASSERT_TRUE(log.store().db().Delete({}, views.rows, key).ok());
  EXPECT_EQ(log.views().check("rows", 10, log.reader()).error().reason, "VIEW_WRONG");
  ASSERT_TRUE(log.store().db().Put({}, views.rows, key, row).ok());

  const auto move = move_key(1, "id7", 207);  // when it went from o0 to o4
  ASSERT_TRUE(log.store().db().Get({}, views.nodes, move, &row).ok());
  ASSERT_TRUE(log.store().db().Delete({}, views.nodes, move).ok());
  const auto forgotten = log.views().check("rows", 10, log.reader());
  EXPECT_EQ(forgotten.error().reason, "VIEW_WRONG");
  EXPECT_EQ(forgotten.error().metadata.at("as_at_size"), "208");
  ASSERT_TRUE(log.store().db().Put({}, views.nodes, move, row).ok());

  const ViewEventReader other = [&](uint64_t from, uint64_t to, auto& each) {
    return log.reader()(from, to, [&](const ViewEvent& event) {
      google::protobuf::StringValue altered;
      altered.set_value(event.position == 150 ? "id150 o9 altered" : "");
      const auto& message = event.position == 150 ? altered : event.event;
      each({.position = event.position, .actor = event.actor, .event = message});
    });
  };
  const auto wrong = log.views().check("rows", 300, other);
  EXPECT_EQ(wrong.error().reason, "VIEW_WRONG");
  EXPECT_EQ(wrong.error().metadata.at("as_at_size"), "151");
}

TEST(ViewSet, ReadersSeeOnlyWholeCommitsWhileTheWriterWrites) {
  SmallLog log;
  std::atomic<uint64_t> durable{0};
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> reads{0};
  std::string fault;
  // Commit i replaces the row of id 0..9 by text i: as at any commit's end all rows say the same.
  std::thread reading([&] {
    while (!stop && fault.empty()) {
      const uint64_t size = durable;
      const auto page = log.views().list({.view = "rows", .as_at_size = size}, size);
      if (!page) fault = page.error().message;
      for (size_t i = 1; page && i < page->rows.size(); ++i)
        if (page->rows[i].columns != page->rows[0].columns) fault = "a commit was seen in part";
      ++reads;
    }
  });
  for (int commit = 0; commit < 500 || reads < 100; ++commit) {
    std::vector<std::string> texts;
    for (int id = 0; id < 10; ++id)
      texts.push_back("id" + std::to_string(id) + " o" + std::to_string(commit % 3) + " text" +
                      std::to_string(commit));
    log.append(texts);
    durable = log.size();
  }
  stop = true;
  reading.join();
  EXPECT_EQ(fault, "");
}

TEST(ViewFormat, ListKeysSortByOrderThenId) {
  const std::vector<std::pair<std::string, std::string>> rows{{"", "z"},
                                                              {std::string(1, '\0'), "a"},
                                                              {std::string("\0\xff", 2), "a"},
                                                              {std::string("\0a", 2), "a"},
                                                              {"a", "b"},
                                                              {"a", "c"},
                                                              {std::string("a\0", 2), "a"},
                                                              {"ab", ""}};
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(id_in_list_key(list_key(rows[i].first, rows[i].second)), rows[i].second);
    for (size_t j = 0; j < rows.size(); ++j)
      EXPECT_EQ(list_key(rows[i].first, rows[i].second) < list_key(rows[j].first, rows[j].second),
                rows[i] < rows[j])
          << i << " " << j;
  }
}

RC_GTEST_PROP(ViewFormat, TokensAndRowsComeBack,
              (uint32_t version, uint64_t size, std::string order, std::string id)) {
  const PageToken token{.version = version, .as_at_size = size, .after = list_key(order, id)};
  RC_ASSERT(decode_token("view", encode_token("view", token)) == token);
  RC_ASSERT(!decode_token("another", encode_token("view", token)));
  const auto stored =
      decode_row(encode_row({.row = {.order = order, .columns = id}, .changed_at = size}));
  RC_ASSERT(stored && stored->row.order == order && stored->row.columns == id);
  RC_ASSERT(stored->changed_at == size);
  const auto bytes = encode_move({.id = id, .from_order = order});
  const auto move = decode_move(bytes);
  RC_ASSERT(move && move->id == id && move->from_order == order);
}

}  // namespace
}  // namespace mash::log
