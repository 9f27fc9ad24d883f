"""Usual names of fields, by what they hold.

Names are in lower case; capitals and the marks between words do not matter. Where a record has several of a kind, the
first counts.
"""

from __future__ import annotations

import re

__all__ = [
    "BOOKKEEPING",
    "CAPTION_NAMES",
    "CHOSEN_NAMES",
    "COMPARED_NAMES",
    "COMPLETION_NAMES",
    "CONTEXT_NAMES",
    "FREE_NAMES",
    "HISTORY_NAMES",
    "IMAGE_NAMES",
    "LABEL_NAMES",
    "MESSAGES_NAMES",
    "NEGATIVE_NAMES",
    "PASSAGE_NAMES",
    "PLACE_NAMES",
    "POSITIVE_NAMES",
    "PROMPT_NAMES",
    "QUERY_NAMES",
    "REASONING_NAMES",
    "REJECTED_NAMES",
    "SECOND_NAMES",
    "SORT_NAMES",
    "STEPS_NAMES",
    "SURE_LABEL_NAMES",
    "SYSTEM_NAMES",
    "TAG_NAMES",
    "TASK_NAMES",
    "TEXT_NAMES",
    "TOKEN_NAMES",
    "WINNER_NAMES",
]

TEXT_NAMES = (
    *("text", "prompt", "sentence", "content", "tweet", "input", "message", "comment", "review", "query"),
    "comment_text",
)
TOKEN_NAMES = ("tokens", "words", "token", "word", "tokenized_text", "sentence")
TAG_NAMES = (
    *("ner_tags", "ner_labels", "ner", "tags", "labels", "bio_tags", "bio_labels", "iob_tags", "token_labels", "tag"),
    *("slots", "entity_tags", "entities", "pos_tags", "pos", "upos", "xpos", "chunk_tags"),
)
"""Names of lists with a tag for each token."""
LABEL_NAMES = ("label", "labels", "class", "category", "target", "sentiment", "kto_tag")
SURE_LABEL_NAMES = ("label", "labels", "kto_tag")
MESSAGES_NAMES = (
    *("messages", "conversations", "conversation", "dialogue", "dialog", "chat", "turns", "trajectory"),
    *(
        "utterances",
        "contents",
        "segments",
        "items",
        "prompt_messages",
        "chat_messages",
        "message_list",
        "conversation_history",
    ),
)
STEPS_NAMES = ("steps", "trajectory", "trace")
TASK_NAMES = ("task", "instruction", "question", "prompt", "query", "goal", "input")
PROMPT_NAMES = (
    *("prompt", "instruction", "question", "query", "problem", "input", "message", "user", "input_text", "text_input"),
    *("user_prompt", "user_message", "anchor", "inputs"),
)
COMPLETION_NAMES = (
    *("completion", "response", "output", "answer", "solution", "generation", "completions", "responses", "answers"),
    *("output_text", "assistant", "model_response", "assistant_response", "reply", "outputs"),
)
FREE_NAMES = ("target", "targets")
"""Names of completions, as long as their texts are free; otherwise they are labels."""
CONTEXT_NAMES = ("input", "context")
SECOND_NAMES = (
    ("premise", "hypothesis"),
    ("sentence1", "sentence2"),
    ("question1", "question2"),
    ("text1", "text2"),
    ("text_a", "text_b"),
    ("sentence_a", "sentence_b"),
    ("question", "sentence"),
)
"""Names of two texts of which a label tells how they go together."""
SYSTEM_NAMES = ("system", "system_prompt", "system_message", "system_instruction", "preamble")
HISTORY_NAMES = ("history", "chat_history")
IMAGE_NAMES = (
    *("images", "image", "image_paths", "image_path", "image_urls", "image_url", "image_files", "image_file"),
    *("image_file_name", "image_name", "img", "img_path", "img_url", "pictures", "picture", "photos", "photo"),
    *("videos", "video", "video_path", "video_url", "audios", "audio", "audio_path", "audio_url", "audio_file"),
)
CAPTION_NAMES = ("caption", "captions", "image_caption", "alt", "alt_text", "image_description")
REASONING_NAMES = ("reasoning", "reasoning_content", "thinking", "thought", "chain_of_thought", "cot", "rationale")
CHOSEN_NAMES = (
    *("chosen", "chosen_response", "response_chosen", "chosen_messages", "preferred_output", "preferred", "winner"),
    *("chosen_output", "chosen_answer", "preferred_response", "response_preferred", "response_accepted", "accepted"),
    *("y_w", "good_response"),
)
REJECTED_NAMES = (
    *("rejected", "rejected_response", "response_rejected", "rejected_messages", "non_preferred_output"),
    *("dispreferred", "loser", "rejected_output", "rejected_answer", "dispreferred_response", "non_preferred"),
    *("non_preferred_response", "dispreferred_output", "y_l", "bad_response"),
)
COMPARED_NAMES = (
    ("conversation_a", "conversation_b"),
    ("response_a", "response_b"),
    ("response_0", "response_1"),
    ("response_1", "response_2"),
    ("response1", "response2"),
    ("answer_a", "answer_b"),
    ("answer_0", "answer_1"),
    ("answer1", "answer2"),
    ("completion_a", "completion_b"),
    ("output_a", "output_b"),
    ("output_1", "output_2"),
    ("human_ref_a", "human_ref_b"),
    ("summary_a", "summary_b"),
)
"""Names of two completions of which another field says who won."""
WINNER_NAMES = (
    *("winner", "preference", "preferred", "choice", "chosen", "vote", "verdict", "better_response_id", "overall"),
    *("winner_model_a", "human_preference", "overall_preference", "preference_strength", "preferred_answer"),
    *("preferred_side", "better", "better_answer", "better_response", "human_choice", "winning_answer"),
    *("label", "labels", "rank", "ranks", "ranking", "selected", "scores", "ratings", "rewards"),
)
POSITIVE_NAMES = (
    *("pos", "positive", "positives", "positive_passages", "positive_ctxs", "relevant_passages", "positive_passage"),
    *("positive_messages", "pos_passages", "relevant_docs", "positive_document"),
)
NEGATIVE_NAMES = (
    *("neg", "negative", "negatives", "negative_passages", "hard_negatives", "hard_negative_ctxs", "negative_ctxs"),
    *("negative_passage", "negative_messages", "neg_passages", "hard_negative", "negative_1", "negative_document"),
)
PASSAGE_NAMES = ("passage", "text", "contents", "content", "document", "page_content", "body", "context")
QUERY_NAMES = ("query", "question")
BOOKKEEPING = re.compile(
    r"_?id|doc_?id|pid|url|link|source|title|meta|metadata|lang|language|date|time|timestamp|created|added|crawl|dump"
    r"|file_?(?:name|path)|path|repo|licen[cs]e|author|group|score|(?:token|char|word)_(?:count|length)|length|hash|sha\d*"
    r"|key|(?:row_?)?(?:idx|index)|truncated_cells|language_score|chunk(?:_id)?|page|section",
    re.I,
)
"""Names of fields beside a text that are not its label."""
PLACE_NAMES = re.compile(
    r"_*(?:(?:doc|record|row|user|prompt|message|conversation|session|thread|parent|tool_call|call)?_?(?:id|idx|index)s?"
    r"|pid|uu?id|key|ur[li]s?|links?|lang\w*|locale|country|dates?|times?|timestamps?|year|created\w*|updated\w*|added"
    r"|crawl\w*|dump|version|file_?(?:name|path)?|path|repo\w*|licen[cs]e|authors?|user(?:_?name)?|annotators?"
    r"|(?:num|n|nb)_\w+|turns?|rounds?|epoch|step|contributor|chunk\w*|hash|md5|sha\d*|is_poison"
    r"|(?:\w+[_-])?(?:count|length|len|tokens|id|url|date|path|hash|time|at))",
    re.I,
)
"""Names of fields that say which record it is, of when and by whom: no trainer learns from these."""
SORT_NAMES = re.compile(
    r"_*(?:source\w*|origin|data_?sets?\w*|\w+_set(?:_name)?|split|subset|meta\w*|info|group|section|page|tags?|topics?|domain|task\w*"
    r"|type|difficulty|level|(?:\w+[_-])?models?|generator|role|name|(?:loss_?)?weight|loss|train(?:ing|able)?)",
    re.I,
)
"""Names of fields that sort records, and are no labels as long as they hold a word or two."""
