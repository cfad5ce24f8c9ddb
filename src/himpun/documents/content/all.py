"""Which content belongs to which kind of document."""

from himpun.documents.content.achievements import AchievementRecap
from himpun.documents.content.answer import FilledForm
from himpun.documents.content.approval import ApprovalSheet
from himpun.documents.content.collected import FormRecap
from himpun.documents.content.disposition import DispositionSheet
from himpun.documents.content.live_recap import LiveRecap
from himpun.documents.content.performance import PerformanceData
from himpun.documents.content.receipt import DistributionReceipt
from himpun.documents.content.request import DataRequest
from himpun.documents.content.timing import TimingEvaluation

CONTENT_OF: dict[str, type] = {
    "lembar_disposisi": DispositionSheet,
    "format_permintaan": DataRequest,
    "data_isian": FilledForm,
    "rekap_isian": FormRecap,
    "rekap_capaian": AchievementRecap,
    "rekap_berjalan": LiveRecap,
    "evaluasi_waktu": TimingEvaluation,
    "data_kinerja": PerformanceData,
    "tanda_terima": DistributionReceipt,
    "lembar_pengesahan": ApprovalSheet,
}
"""Template name → what it must be given."""
