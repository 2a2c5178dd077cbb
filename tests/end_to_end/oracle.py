"""What the marts must say of a file, computed from its bytes with plain Python, nothing shared."""

import json
from collections import Counter
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path


def utc(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)


class Oracle:
    """A dataset as its records stand in a file that is a JSON array."""

    def __init__(self, path: Path) -> None:
        text = path.read_text()
        decoder, position, self.raw = json.JSONDecoder(), text.index("[") + 1, []
        while text[position] in " \n\r\t,":
            position += 1
        while text[position] != "]":
            _, end = decoder.raw_decode(text, position)
            self.raw.append(text[position:end])
            position = end
            while text[position] in " \n\r\t,":
                position += 1
        self.delivered = [json.loads(record) for record in self.raw]
        self.deliveries = Counter(self.raw)
        self.once = {record: json.loads(record) for record in self.deliveries}
        assert len({r["keen_id"] for r in self.once.values()}) == len(self.once)

    def attempts(self) -> dict[str, tuple]:
        """By keen_id: the columns of fct_attempts."""
        rows = {}
        for raw, record in self.once.items():
            counts = record["sequences"].get("counts", {})
            questions = len(record["sequences"]["questions"])
            start = utc(record["started_at"])
            start_seconds = Decimal(int(start.timestamp() * 1000)) / 1000
            rows[record["keen_id"]] = (
                record["user_exam_id"],
                record["base_exam_id"],
                record["exam_name"],
                start.strftime("%F %T.%f"),
                float(Decimal(record["keen_timestamp"]) - start_seconds),
                start.hour,
                questions,
                counts.get("correct"),
                counts.get("incorrect"),
                counts.get("incomplete"),
                counts.get("unanswered"),
                counts["correct"] / questions if counts and questions else None,
                record["base_exam_id"] == "example-id",
                self.deliveries[raw],
            )
        return rows

    def responses(self) -> set[tuple]:
        """One an attempt and question: keen_id, question_id, result, options, checked."""
        return {
            (
                record["keen_id"],
                question["id"],
                question.get("user_result"),
                len(question["options"]),
                sum(option["checked"] for option in question["options"]),
            )
            for record in self.once.values()
            for question in record["sequences"]["questions"]
        }

    def choices(self) -> set[tuple]:
        """One an attempt, question and option: the ids, and what the option says."""
        return {
            (
                record["keen_id"],
                question["id"],
                option["id"],
                option["checked"],
                utc(option["at"]).strftime("%F %T.%f") if "at" in option else None,
            )
            for record in self.once.values()
            for question in record["sequences"]["questions"]
            for option in question["options"]
        }

    def answers(self, topic: str, exam: str = "Learning Git") -> list[tuple[str, str]]:
        """The eight answers, (as delivered, each attempt once)."""
        both = self.delivered, list(self.once.values())
        columns = (self._answers(rows, topic, exam, once) for once, rows in enumerate(both))
        return list(zip(*columns, strict=True))

    @staticmethod
    def _answers(rows: list[dict], topic: str, exam: str, once: int) -> list[str]:
        people = Counter(row["user_exam_id"] for row in rows)
        more = [n for n in people.values() if n > 1]
        took = [row["user_exam_id"] for row in rows if row["exam_name"] == exam]
        exams = Counter(row["exam_name"] for row in rows)
        fewest, most = min(exams.values()), max(exams.values())
        hours = Counter(utc(row["started_at"]).hour for row in rows)
        tests = sum(row["base_exam_id"] == "example-id" for row in rows)
        (hour, starts), *_ = hours.most_common(1)
        assert fewest == 1
        rarest = "; ".join(sorted(name for name, n in exams.items() if n == fewest))
        commonest = "; ".join(sorted(name for name, n in exams.items() if n == most))
        return [
            str(len(rows)),
            str(sum(n == 1 for n in people.values())),
            f"{len(more)}, in {sum(more)} rows" if more else "0",
            topic,
            f"{len(set(took))} ({len(took)} rows)",
            f"once each: {rarest}. Most: {commonest}",
            str(tests) if once else f"{tests} rows, example-id",
            f"{hour}, {starts}" if once else f"{hour}, {starts} rows",
        ]
