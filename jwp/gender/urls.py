from django.urls import path

from jwp.gender.views import note, plan, report, target, team

app_name = "gender"
urlpatterns = [
    path("", plan.home, name="home"),
    path("new/", plan.new, name="new"),
    path("<ref:ref>/", plan.page, name="plan"),
    path("<ref:ref>/edit/", plan.edit, name="edit"),
    path("<ref:ref>/submit/", plan.submit, name="submit"),
    path("<ref:ref>/bring-in/", plan.bring_in, name="bring_in"),
    path("<ref:ref>/next/", plan.next_plan, name="next"),
    path("<ref:ref>/targets.<str:form>", plan.export, name="export"),
    path("<ref:ref>/new-target/", target.new, name="new_target"),
    path("target/<ref:ref>/", target.page, name="target"),
    path("target/<ref:ref>/change/", target.change, name="change_target"),
    path("target/<ref:ref>/settle/", target.settle, name="settle"),
    path("target/<ref:ref>/merge/", target.merge, name="merge"),
    path("target/<ref:ref>/split/", target.split, name="split"),
    path("target/<ref:ref>/comment/", target.comment, name="comment"),
    path("target/<ref:ref>/action/", target.add_action, name="add_action"),
    path("action/<ref:ref>/done/", target.action_done, name="action_done"),
    path("target/<ref:ref>/file.zip", target.audit_file, name="audit_file"),
    path("round/<ref:ref>/report/", report.grid, name="grid"),
    path("round/<ref:round_ref>/report/<ref:target_ref>/keep/", report.keep_draft, name="keep_draft"),
    path("round/<ref:round_ref>/report/<ref:target_ref>/", report.one, name="one"),
    path("round/<ref:ref>/", team.board, name="board"),
    path("round/<ref:ref>/bulk/", team.bulk, name="bulk"),
    path("round/<ref:ref>/dates/", team.dates, name="dates"),
    path("round/<ref:ref>/close/", team.close, name="close"),
    path("round/<ref:ref>/explain/<ref:target_ref>/", team.explain, name="explain"),
    path("round/<ref:ref>/note/", note.page, name="note"),
    path("round/<ref:ref>/note.docx", note.word, name="note_word"),
    path("round/<ref:ref>/note.pdf", note.pdf, name="note_pdf"),
    path("report/<ref:ref>/judge/", team.judge, name="judge"),
    path("report/<ref:ref>/correct/", team.correct, name="correct"),
    path("evidence/<ref:ref>/publish/", team.publish_evidence, name="publish_evidence"),
]
